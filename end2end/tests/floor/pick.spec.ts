import { asks, freshTask, task as read, whole, type Line } from "../support/api";
import { A_SECOND, expect, give, linked, open, test } from "../support/app";
import { enter, goTo, label, scan, settled, stored, work } from "../support/floor";

const several = (lines: Line[]) => lines.length >= 3 && lines.length <= 12 && lines.slice(0, 3).every(whole);

test("each scan of a keyboard wedge picks one, and a complete line gives way to the next", async ({ lead, marko }) => {
  const { task, lines } = await freshTask((found) =>
    found.length >= 2 && found.every(whole) && asks(found[0]) >= 2 && asks(found[0]) <= 4 && found[0].barcodes.length > 0);
  await give(lead, task.id, { worker: "marko" });
  await work(marko, task.id);
  const line = lines[0];
  await goTo(marko, line);
  await scan(marko, label(line));
  await expect(marko.getByTestId("remaining")).toHaveText(String(asks(line) - 1));
  await settled(task.id, line, 1);
  for (let left = asks(line) - 1; left > 0; left -= 1) await scan(marko, label(line));
  await expect(marko.getByTestId("item-code")).not.toHaveText(line.item_code);
  await settled(task.id, line, asks(line));
  await expect(marko.getByTestId("sent-count")).toContainText("sent");
});

test("a code typed by hand counts as a scan", async ({ lead, marko }) => {
  const { task, lines } = await freshTask(several);
  await give(lead, task.id, { worker: "marko" });
  await work(marko, task.id);
  await goTo(marko, lines[1]);
  await marko.getByTestId("type-code").click();
  await marko.getByTestId("code-input").fill(lines[1].item_code);
  await marko.getByTestId("confirm-code").click();
  await settled(task.id, lines[1], 1);
});

test("a decimal quantity is taken as entered where the unit has decimals", async ({ lead, marko }) => {
  const { task, lines } = await freshTask((found) => found.some((line) => line.decimals > 0 && asks(line) > 0.5));
  const line = lines.find(({ decimals, requested }) => decimals > 0 && Number(requested) > 0.5)!;
  await give(lead, task.id, { worker: "marko" });
  await work(marko, task.id);
  await goTo(marko, line);
  await enter(marko, "0.25");
  await settled(task.id, line, 0.25);
  await expect(marko.getByTestId("remaining")).toHaveText(String(asks(line) - 0.25));
});

test("pieces cannot be split", async ({ lead, marko }) => {
  const { task, lines } = await freshTask(several);
  await give(lead, task.id, { worker: "marko" });
  await work(marko, task.id);
  await goTo(marko, lines[0]);
  await enter(marko, "0.5");
  await expect(marko.getByTestId("refusal")).toBeVisible();
  await marko.getByTestId("acknowledge").click();
  expect(Number((await stored(task.id, lines[0])).done)).toBe(0);
});

test("a line is reported short with a reason in two touches", async ({ lead, marko }) => {
  const { task, lines } = await freshTask(several);
  await give(lead, task.id, { worker: "marko" });
  await work(marko, task.id);
  await goTo(marko, lines[0]);
  await marko.getByTestId("short").click();
  await marko.getByTestId("reason-not-in-stock").click();
  await expect.poll(async () => (await stored(task.id, lines[0])).reason).toBe("not_in_stock");
  await expect(marko.getByTestId("item-code")).not.toHaveText(lines[0].item_code);
});

test("another reason asks for words and keeps them", async ({ lead, marko }) => {
  const { task, lines } = await freshTask(several);
  await give(lead, task.id, { worker: "marko" });
  await work(marko, task.id);
  await goTo(marko, lines[0]);
  await marko.getByTestId("short").click();
  await marko.getByTestId("reason-other").click();
  await marko.getByTestId("reason-text").fill("shelf is blocked");
  await marko.getByTestId("confirm-short").click();
  await expect.poll(async () => (await stored(task.id, lines[0])).reason).toBe("other");
  await open(lead, `/admin/dispatches/${task.document_id}`);
  await expect(lead.getByText("shelf is blocked").first()).toBeVisible();
});

test("the last pick can be taken back", async ({ lead, marko }) => {
  const { task, lines } = await freshTask((found) => several(found) && asks(found[0]) >= 2);
  await give(lead, task.id, { worker: "marko" });
  await work(marko, task.id);
  await goTo(marko, lines[0]);
  await enter(marko, "2");
  await settled(task.id, lines[0], 2);
  await expect(marko.getByTestId("undo")).toBeEnabled();
  await marko.getByTestId("undo").click();
  await settled(task.id, lines[0], 0);
  await expect(marko.getByTestId("item-code")).toHaveText(lines[0].item_code);
});

test("taking more than requested asks first, and only then does it", async ({ lead, marko }) => {
  const { task, lines } = await freshTask(several);
  const [line] = lines;
  await give(lead, task.id, { worker: "marko" });
  await work(marko, task.id);
  await goTo(marko, line);
  const more = asks(line) + 3;
  await enter(marko, String(more));
  await expect(marko.getByTestId("over-pick")).toContainText(/^Only .* left/);
  await marko.getByTestId("cancel-over").click();
  expect(Number((await stored(task.id, line)).done)).toBe(0);
  await enter(marko, String(more));
  await marko.getByTestId("confirm-over").click();
  await settled(task.id, line, more);
});

test("a wrong scan is refused over the whole screen and says where the item belongs", async ({ lead, marko }) => {
  const { task, lines } = await freshTask((found) => several(found) && found[0].item_code !== found[1].item_code);
  await give(lead, task.id, { worker: "marko" });
  await work(marko, task.id);
  await goTo(marko, lines[0]);
  await scan(marko, lines[1].item_code);
  await expect(marko.getByTestId("refusal")).toContainText("Wrong item");
  await expect(marko.getByTestId("refusal")).toContainText("It belongs to line 2");
  await marko.getByTestId("go-to-line").click();
  await expect(marko.getByTestId("item-code")).toHaveText(lines[1].item_code);
  await scan(marko, "0000000000000");
  await expect(marko.getByTestId("refusal")).toContainText("not on this task");
  for (const line of lines) expect(Number((await stored(task.id, line)).done)).toBe(0);
});

test("a document can be finished with lines missing, and the office sees why", async ({ lead, marko }) => {
  const { task, lines } = await freshTask(several);
  await give(lead, task.id, { worker: "marko" });
  await work(marko, task.id);
  await goTo(marko, lines[0]);
  await enter(marko, String(asks(lines[0])));
  await settled(task.id, lines[0], asks(lines[0]));
  await goTo(marko, lines[1]);
  await marko.getByTestId("short").click();
  await marko.getByTestId("reason-damaged").click();
  await marko.getByTestId("finish").click();
  await expect(marko.getByRole("dialog")).toContainText("Damaged");
  await marko.getByTestId("confirm-partial").click();
  const closed = marko.getByTestId("task-closed");
  await expect(closed).toContainText("partial");
  await expect(closed).toContainText(`${lines.length - 1} lines not complete, ${lines.length - 2} without a reason`);

  await open(lead, `/admin/dispatches/${task.document_id}`);
  await expect(lead.getByTestId("document-status")).toHaveText("Partial");
  const row = lead.locator(`[data-testid=line-row][data-key="${lines[1].item_code}"]`).first();
  await expect(row).toContainText("Damaged");
  for (const kind of ["assigned", "picked", "shortage", "finished"]) {
    await expect(lead.locator(`[data-testid=timeline-entry][data-key=${kind}]`).first()).toBeVisible();
  }
  expect((await read(task.id)).task.state).toBe("done");
});

test("the end says that shortages are reported only when each has its reason", async ({ lead, marko }) => {
  const { task, lines } = await freshTask(several);
  await give(lead, task.id, { worker: "marko" });
  await work(marko, task.id);
  await marko.getByTestId("finish").click();
  await marko.getByTestId("confirm-partial").click();
  const closed = marko.getByTestId("task-closed");
  await expect(closed).toContainText(`${lines.length} lines not complete, ${lines.length} without a reason`);
  await expect(closed).not.toContainText("reported");

  const other = await freshTask(several);
  await give(lead, other.task.id, { worker: "marko" });
  await work(marko, other.task.id);
  await marko.getByTestId("finish").click();
  await marko.getByTestId("short-rest").click();
  await marko.getByTestId("rest-not-in-stock").click();
  await marko.getByTestId("finish-all").click();
  await marko.getByTestId("confirm-partial").click();
  await expect(marko.getByTestId("task-closed")).toContainText("The shortages are reported.");
});

test("a team mate on the same document sees each pick within a second", async ({ lead, marko, jelena }) => {
  const { task, lines } = await freshTask((found) => several(found) && asks(found[0]) >= 2);
  await give(lead, task.id, { team: "Alfa" });
  await work(marko, task.id);
  await work(jelena, task.id);
  await goTo(marko, lines[0]);
  await jelena.getByTestId("lines").click();
  const row = jelena.locator(`[data-testid=line-row][data-line="${lines[0].id}"]`);
  await expect(row).toContainText(`0 / ${asks(lines[0])}`);
  await scan(marko, label(lines[0]));
  await expect(row).toContainText(`1 / ${asks(lines[0])}`, { timeout: A_SECOND });
  await expect(row.getByTestId("touched-by")).toHaveText("Marko Ilić");
  await open(jelena, "/floor");
  await linked(jelena);
  await expect(jelena.locator(`[data-testid=task-row][data-task="${task.id}"]`)).toBeVisible();
});
