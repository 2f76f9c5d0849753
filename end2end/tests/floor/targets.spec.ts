import { act, freshTask, whole } from "../support/api";
import { expect, give, open, test } from "../support/app";
import { goTo, work } from "../support/floor";
import { handheld } from "../support/handheld";
import type { Page } from "@playwright/test";

/** What a glove hits, CSS pixels. */
const GLOVE = 56;

/** Everything on the screen that is touched and smaller than that. */
const tooSmall = (page: Page) => page.evaluate((glove) => {
  const touched = [...document.querySelectorAll<HTMLElement>("button, a[href], select, input, [role=button]")];
  return touched.flatMap((element) => {
    const { width, height } = element.getBoundingClientRect();
    const hidden = element.getClientRects().length === 0;
    // Browsers round to parts of a pixel.
    if (hidden || (width > glove - 0.5 && height > glove - 0.5)) return [];
    return [`${element.dataset.testid ?? element.outerHTML.slice(0, 80)}: ${Math.round(width)} × ${Math.round(height)}`];
  });
}, GLOVE);

test("everything that is touched on the handheld's pages is at least 56 pixels wide and high", async ({ browser, lead, marko }) => {
  test.slow();
  const found: string[] = [];
  const measure = async (page: Page, name: string) => found.push(...(await tooSmall(page)).map((target) => `${name}: ${target}`));

  const receipt = await freshTask((lines) => lines.length >= 2 && lines.every(whole), "receipt");
  await give(lead, receipt.task.id, { worker: "marko" });
  const [first] = receipt.lines;
  await act("marko", receipt.task.id, { do: "pick", line_id: first.id, quantity: first.requested, scanned: null, over_confirmed: false });
  const { task, lines } = await freshTask((all) => all.length >= 2 && all.every(whole));
  await give(lead, task.id, { worker: "marko" });

  await open(marko, "/floor");
  await expect(marko.locator(`[data-testid=task-row][data-task="${task.id}"]`)).toBeVisible();
  await measure(marko, "list");
  await marko.getByTestId("outgoing").click();
  await expect(marko.getByRole("dialog")).toBeVisible();
  await measure(marko, "what was sent");
  await marko.getByTestId("close-sheet").click();

  await work(marko, task.id);
  await goTo(marko, lines[0]);
  await measure(marko, "task");
  for (const sheet of ["enter-quantity", "short", "type-code", "lines", "finish"]) {
    await marko.getByTestId(sheet).click();
    await expect(marko.getByRole("dialog")).toBeVisible();
    await measure(marko, sheet);
    await marko.getByTestId("close-sheet").click();
  }
  await marko.getByTestId("lines").click();
  await marko.getByTestId("trouble").click();
  await expect(marko.getByTestId("reason-text")).toBeVisible();
  await measure(marko, "telling the lead");

  for (const [path, shown] of [["put-away", "item-code"], ["count", "skip"], ["look-up", "type-code"], ["scanner", "scan-input"]]) {
    await open(marko, `/floor/${path}`);
    await expect(marko.getByTestId(shown)).toBeVisible();
    await measure(marko, path);
  }

  await open(marko, "/floor");
  await marko.getByTestId("lock").click();
  await marko.getByTestId("pin").fill("4711");
  await measure(marko, "setting a PIN");
  await marko.getByTestId("pin-enter").click();
  await expect(marko.getByTestId("lock")).toHaveText("Lock");
  await marko.getByTestId("lock").click();
  await expect(marko.getByTestId("locked")).toBeVisible();
  await measure(marko, "locked");

  const nobody = await handheld(browser);
  await open(nobody, "/floor");
  await expect(nobody.getByTestId("floor-sign-in")).toBeVisible();
  await measure(nobody, "sign-in");
  await nobody.context().close();
  expect(found).toEqual([]);
});
