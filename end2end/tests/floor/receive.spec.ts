import { asks, call, freshTask, task as read, whole, type Line } from "../support/api";
import { expect, give, open, test } from "../support/app";
import { enter, goTo, label, scan, settled, stored, work } from "../support/floor";

interface Item { code: string; name: string; uom: string; active: boolean }

const few = (lines: Line[]) => lines.length >= 1 && lines.length <= 12 && lines.every(whole);

/** An item counted like the lines that is on none of them. */
async function foreign(lines: Line[]): Promise<Item> {
  const { rows } = await call<{ rows: Item[] }>("luka", "items?active=true&limit=200");
  return rows.find(({ code, uom }) => uom === lines[0].uom && lines.every((line) => line.item_code !== code))!;
}

test("goods are received by scans and quantities, and more than expected asks", async ({ lead, marko }) => {
  const { task, lines } = await freshTask(few, "receipt");
  const [line] = lines;
  await give(lead, task.id, { worker: "marko" });
  await work(marko, task.id);
  await goTo(marko, line);
  await expect(marko.getByTestId("instruction")).toContainText("to receive");
  await scan(marko, label(line));
  await settled(task.id, line, 1);
  const more = asks(line) + 2;
  await goTo(marko, line);
  await marko.getByTestId("enter-quantity").click();
  await expect(marko.getByTestId("confirm-pick")).toContainText(/^Receive /);
  await marko.getByTestId("close-sheet").click();
  await enter(marko, String(more));
  await expect(marko.getByTestId("over-pick")).toBeVisible();
  await expect(marko.getByTestId("confirm-over")).toHaveText("Receive it all the same");
  await marko.getByTestId("confirm-over").click();
  await settled(task.id, line, more + 1);
});

test("an item that is not on the receipt becomes an unexpected line", async ({ lead, marko }) => {
  const { task, lines } = await freshTask(few, "receipt");
  const item = await foreign(lines);
  await give(lead, task.id, { worker: "marko" });
  await work(marko, task.id);
  await scan(marko, item.code);
  await expect(marko.getByTestId("refusal")).toContainText(item.code);
  await marko.getByTestId("receive-unexpected").click();
  await marko.getByTestId("quantity-input").fill("3");
  await marko.getByTestId("confirm-pick").click();
  const found = async () => (await read(task.id)).lines.find((line) => line.item_code === item.code)?.done;
  await expect.poll(async () => Number(await found())).toBe(3);
  await marko.getByTestId("lines").click();
  await expect(marko.getByTestId("line-row").filter({ hasText: item.code })).toContainText("Not on the document");
  await open(lead, `/admin/receipts/${task.document_id}`);
  await expect(lead.getByText("It is not on the document.").first()).toBeVisible();
});

test("a code that no item has is explained and takes nothing in", async ({ lead, marko }) => {
  const { task, lines } = await freshTask(few, "receipt");
  await give(lead, task.id, { worker: "marko" });
  await work(marko, task.id);
  await scan(marko, `NOBODY-${task.id}`);
  await marko.getByTestId("receive-unexpected").click();
  await marko.getByTestId("quantity-input").fill("1");
  await marko.getByTestId("confirm-pick").click();
  await expect(marko.getByTestId("refused-act")).toContainText("No item is known");
  await marko.getByTestId("acknowledge").click();
  expect((await read(task.id)).lines).toHaveLength(lines.length);
});

test("what did not come is reported missing or damaged, and the receipt is finished in part", async ({ lead, marko }) => {
  const { task, lines } = await freshTask((found) => few(found) && found.length >= 2, "receipt");
  await give(lead, task.id, { worker: "marko" });
  await work(marko, task.id);
  await goTo(marko, lines[0]);
  await marko.getByTestId("short").click();
  await expect(marko.getByTestId("reason-not-in-stock")).toHaveCount(0);
  await expect(marko.getByTestId("reason-not-found")).toHaveText("Missing");
  await marko.getByTestId("reason-damaged").click();
  await expect.poll(async () => (await stored(task.id, lines[0])).reason).toBe("damaged");
  await marko.getByTestId("finish").click();
  await marko.getByTestId("confirm-partial").click();
  await expect.poll(async () => (await read(task.id)).task.document_status).toBe("partial");
});

test.describe("without a network", () => {
  test.use({ troubled: true });

  test("unexpected goods received without a network are sent when it is back", async ({ lead, marko }) => {
    const { task, lines } = await freshTask(few, "receipt");
    const item = await foreign(lines);
    await give(lead, task.id, { worker: "marko" });
    await work(marko, task.id);
    await marko.context().setOffline(true);
    await scan(marko, item.code);
    await marko.getByTestId("receive-unexpected").click();
    await marko.getByTestId("quantity-input").fill("2");
    await marko.getByTestId("confirm-pick").click();
    await expect(marko.getByTestId("waiting-count")).toBeVisible();
    await marko.context().setOffline(false);
    const found = async () => (await read(task.id)).lines.find((line) => line.item_code === item.code)?.done;
    await expect.poll(async () => Number(await found()), { timeout: 30_000 }).toBe(2);
  });
});
