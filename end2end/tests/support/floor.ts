import { expect, type Page } from "@playwright/test";
import { task, type Line } from "./api";
import { linked, open } from "./app";

/** Types a code the way a keyboard wedge does, wherever the focus is. */
export async function scan(page: Page, code: string): Promise<void> {
  await page.keyboard.type(code, { delay: 4 });
  await page.keyboard.press("Enter");
}

/** The same without waiting for one key after the other: of a long code, one that comes late on a busy machine would
 *  make two. */
export async function scanAtOnce(page: Page, code: string): Promise<void> {
  await Promise.all([...code, "Enter"].map((key) => page.keyboard.press(key)));
}

/** Opens a task on the handheld. */
export async function work(page: Page, taskId: number): Promise<void> {
  await open(page, `/floor/tasks/${taskId}`);
  await expect(page.getByTestId("instruction")).toBeVisible();
  await linked(page);
}

/** Makes a line the current one through the list of lines. */
export async function goTo(page: Page, line: Line): Promise<void> {
  await page.getByTestId("lines").click();
  await page.locator(`[data-testid=line-row][data-line="${line.id}"]`).click();
  await expect(page.getByTestId("item-code")).toHaveText(line.item_code);
}

/** What a scanner reads from the item: its barcode, else the printed code. */
export const label = (line: Line) => line.barcodes[0] ?? line.item_code;

/** The line as the server has it now. */
export async function stored(taskId: number, line: Line): Promise<Line> {
  const found = (await task(taskId)).lines.find(({ id }) => id === line.id);
  expect(found, `line ${line.id}`).toBeDefined();
  return found!;
}

/** Waits until the server has this much of a line done. */
export const settled = (taskId: number, line: Line, done: number) =>
  expect.poll(async () => Number((await stored(taskId, line)).done), { message: `done of ${line.item_code}` }).toBe(done);

/** Enters a quantity on the number pad of the current line. */
export async function enter(page: Page, quantity: string): Promise<void> {
  await page.getByTestId("enter-quantity").click();
  await page.getByTestId("quantity-input").fill(quantity);
  await page.getByTestId("confirm-pick").click();
}
