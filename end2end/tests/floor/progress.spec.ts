import { asks, freshTask, whole, type Line } from "../support/api";
import { expect, give, open, test } from "../support/app";
import { enter, goTo, scan, settled, stored, work } from "../support/floor";

const several = (lines: Line[]) =>
  lines.length >= 3 && lines.length <= 6 && lines.every(whole) && new Set(lines.map(({ item_code }) => item_code)).size === lines.length;

test("task and list show how far a document is, short lines among them", async ({ lead, marko }) => {
  const { task, lines } = await freshTask(several);
  await give(lead, task.id, { worker: "marko" });
  await open(marko, "/floor");
  const listed = marko.locator(`[data-testid=task-row][data-task="${task.id}"]`).getByTestId("task-progress");
  await expect(listed).toHaveText(`0 / ${lines.length}`);
  await work(marko, task.id);
  const progress = marko.getByTestId("lines-progress");
  await expect(progress).toHaveText(`0 / ${lines.length} lines`);
  await goTo(marko, lines[0]);
  await enter(marko, String(asks(lines[0])));
  await expect(progress).toHaveText(`1 / ${lines.length} lines`);
  await goTo(marko, lines[1]);
  await marko.getByTestId("short").click();
  await marko.getByTestId("reason-damaged").click();
  await expect(progress).toHaveText(`2 / ${lines.length} lines`);
  await settled(task.id, lines[0], asks(lines[0]));
  await marko.getByTestId("back").click();
  await expect(listed).toHaveText(`2 / ${lines.length}`);
});

test("a skipped line comes back after the others, and nothing is booked", async ({ lead, marko }) => {
  const { task, lines } = await freshTask(several);
  await give(lead, task.id, { worker: "marko" });
  await work(marko, task.id);
  await goTo(marko, lines[0]);
  for (const next of [...lines.slice(1), lines[0]]) {
    await marko.getByTestId("skip").click();
    await expect(marko.getByTestId("item-code")).toHaveText(next.item_code);
  }
  for (const line of lines) expect(Number((await stored(task.id, line)).done)).toBe(0);
  await expect(marko.getByTestId("lines-progress")).toHaveText(`0 / ${lines.length} lines`);
});

test("scanning a document's number on the list opens its task, and another one is refused", async ({ lead, marko }) => {
  const { task } = await freshTask(several);
  await give(lead, task.id, { worker: "marko" });
  await open(marko, "/floor");
  await expect(marko.locator(`[data-testid=task-row][data-task="${task.id}"]`)).toBeVisible();
  await scan(marko, "NO-SUCH-DOCUMENT");
  const refusal = marko.getByTestId("not-listed");
  await expect(refusal).toContainText("Not on your list");
  await expect(refusal.getByTestId("scanned-code")).toHaveText("NO-SUCH-DOCUMENT");
  await scan(marko, task.number);
  await expect(refusal, "a refusal stands until it is answered").toBeVisible();
  await marko.getByTestId("acknowledge").click();
  await expect(refusal).toHaveCount(0);
  await scan(marko, task.number.toLowerCase());
  await expect(marko.getByTestId("task-number")).toHaveText(task.number);
  expect(new URL(marko.url()).pathname).toBe(`/floor/tasks/${task.id}`);
});
