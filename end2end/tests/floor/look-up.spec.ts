import { asks, freshTask, whole } from "../support/api";
import { expect, give, linked, open, test } from "../support/app";
import { goTo, label, scan, settled, work } from "../support/floor";

test.use({ troubled: true });

test("an item is looked up by a scan: its name, its stock and where it is asked for", async ({ marko }) => {
  const { task, lines } = await freshTask((found) => found.length >= 1 && found[0].barcodes.length > 0);
  await open(marko, "/floor/look-up");
  await linked(marko);
  await marko.getByTestId("scan-input").waitFor();
  await scan(marko, label(lines[0]));
  await expect(marko.getByTestId("looked-up")).toContainText(lines[0].item_code);
  await expect(marko.getByTestId("looked-up")).toContainText(lines[0].item_name);
  await expect(marko.getByTestId("item-uses")).toContainText(task.number);
});

test("a code that no item has is said so", async ({ marko }) => {
  await open(marko, "/floor/look-up");
  await marko.getByTestId("scan-input").waitFor();
  await scan(marko, "NOBODY-KNOWS-ME");
  await expect(marko.getByTestId("look-up-problem")).toContainText("No item is known");
});

test("a worker sees the own lines and quantity of the day", async ({ lead, marko }) => {
  const { task, lines } = await freshTask((found) => found.length >= 1 && found.every(whole) && asks(found[0]) >= 1);
  await give(lead, task.id, { worker: "marko" });
  await work(marko, task.id);
  await goTo(marko, lines[0]);
  await scan(marko, label(lines[0]));
  await settled(task.id, lines[0], 1);
  await open(marko, "/floor");
  await expect(marko.getByTestId("own-figures")).toContainText(/You today: \d+ line/);
  for (const page of ["put-away-page", "count-page", "look-up-page"]) await expect(marko.getByTestId(page)).toBeInViewport();
});
