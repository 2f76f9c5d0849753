import { asks, freshTask, whole, type Line } from "../support/api";
import { expect, give, open, test } from "../support/app";
import { goTo, scan, settled, stored, work } from "../support/floor";

const labelled = (lines: Line[]) =>
  lines.length >= 2 && lines.every(whole) && asks(lines[0]) >= 3 && lines[0].barcodes.some((key) => /^\d{14}$/.test(key));

const gtin = (line: Line) => line.barcodes.find((key) => /^\d{14}$/.test(key))!;

test("a GS1 label picks its count, and its lot and date are on the document's timeline", async ({ lead, marko }) => {
  const { task, lines } = await freshTask(labelled);
  await give(lead, task.id, { worker: "marko" });
  await work(marko, task.id);
  await goTo(marko, lines[0]);
  await scan(marko, gtin(lines[0]));
  await settled(task.id, lines[0], 1);
  await scan(marko, `]d201${gtin(lines[0])}17391231302\u001d10L-7`);
  await settled(task.id, lines[0], 3);
  await open(lead, `/admin/dispatches/${task.document_id}`);
  await expect(lead.getByText("lot L-7, use by 2039-12-31").first()).toBeVisible();
});

test("goods out of date are refused over the whole screen", async ({ lead, marko }) => {
  const { task, lines } = await freshTask(labelled);
  await give(lead, task.id, { worker: "marko" });
  await work(marko, task.id);
  await goTo(marko, lines[0]);
  await scan(marko, `(01)${gtin(lines[0])}(17)200131`);
  await expect(marko.getByTestId("refusal")).toContainText("Expired");
  await expect(marko.getByTestId("refusal")).toContainText("2020-01-31");
  await marko.getByTestId("acknowledge").click();
  expect(Number((await stored(task.id, lines[0])).done)).toBe(0);
});

test("a label that is wrong is refused with what is wrong", async ({ lead, marko }) => {
  const { task, lines } = await freshTask(labelled);
  await give(lead, task.id, { worker: "marko" });
  await work(marko, task.id);
  await goTo(marko, lines[0]);
  await scan(marko, `]C101${gtin(lines[0])}17391332`);
  await expect(marko.getByTestId("refusal")).toContainText("Unreadable label");
  await expect(marko.getByTestId("refusal")).toContainText("(17) has a month");
});

test("a code that nobody knows is taught by the worker and accepted by the lead", async ({ lead, marko }) => {
  const { task, lines } = await freshTask((found) => found.length >= 2 && found.every(whole) && asks(found[0]) >= 2);
  await give(lead, task.id, { worker: "marko" });
  await work(marko, task.id);
  await goTo(marko, lines[0]);
  const code = `TEACH-${task.id}`;
  await scan(marko, code);
  await expect(marko.getByTestId("refusal")).toContainText("not on this task");
  await marko.getByTestId("teach").click();
  await expect(marko.getByTestId("said")).toContainText("Your lead was asked");
  await open(lead, "/admin/mappings");
  const row = lead.getByTestId("taught-row").filter({ hasText: code });
  await expect(row).toContainText(lines[0].item_code);
  await row.getByTestId("taught-quantity").fill("2");
  await row.getByTestId("taught-accept").click();
  await expect(row).toHaveCount(0);
  await expect(async () => {
    expect((await stored(task.id, lines[0])).barcodes).toContain(code);
  }).toPass();
  await marko.reload();
  await expect(marko.getByTestId("instruction")).toBeVisible();
  await goTo(marko, lines[0]);
  await scan(marko, code);
  await settled(task.id, lines[0], 2);
});

test("the scanner check shows keys, suffix and separator, and what was understood", async ({ marko }) => {
  await open(marko, "/floor/scanner");
  await expect(marko.getByRole("heading", { name: "Scanner check" })).toBeVisible();
  await scan(marko, "]C1010400638133393110L-7\u001d21S1");
  await expect(marko.getByTestId("scanner-fine")).toBeVisible();
  await expect(marko.getByTestId("understood")).toContainText("(10) BATCH/LOT");
  await expect(marko.getByTestId("scanner-facts")).toContainText("1 (Ctrl+])");
  await expect(marko.getByTestId("scanner-facts")).toContainText("GS1-128 (]C1)");
  await scan(marko, "4006381333931", "none");
  await expect(marko.getByTestId("scanner-advice").first()).toContainText("suffix to Enter");
  await expect(marko.getByTestId("understood")).toContainText("4006381333931");
});
