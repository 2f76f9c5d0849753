import { expect, type CDPSession, type Page } from "@playwright/test";
import { task, type Line } from "./api";
import { linked, open } from "./app";

/** What a scanner sends that is no letter; group separators come as Ctrl+]. */
const KEYS = {
  Enter: { type: "keyDown", key: "Enter", code: "Enter", windowsVirtualKeyCode: 13, text: "\r" },
  Tab: { type: "rawKeyDown", key: "Tab", code: "Tab", windowsVirtualKeyCode: 9 },
  "\u001d": { type: "rawKeyDown", key: "]", code: "BracketRight", windowsVirtualKeyCode: 221, modifiers: 2 },
} as const;
type Suffix = "Enter" | "Tab" | "none";
const wires = new WeakMap<Page, Promise<CDPSession>>();

/** Types a code the way a keyboard wedge does, wherever the focus is: all keys at once, since one that comes late
 *  on a busy machine would make two codes of one. */
export async function scan(page: Page, code: string, suffix: Suffix = "Enter"): Promise<void> {
  if (!wires.has(page)) wires.set(page, page.context().newCDPSession(page));
  const wire = await wires.get(page)!;
  const letter = (key: string) => ({ type: "keyDown", key, text: key }) as const;
  const keys = [...code].map((key) => (key === "\u001d" ? KEYS[key] : letter(key)));
  const all = suffix === "none" ? keys : [...keys, KEYS[suffix]];
  await Promise.all(all.map((key) => wire.send("Input.dispatchKeyEvent", key)));
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
