import { freshTask, whole } from "../support/api";
import { expect, give, open, test } from "../support/app";
import { goTo, work } from "../support/floor";

test.use({ troubled: true });

test("a worker tells the lead what is wrong with a line, and sees what became of it", async ({ lead, marko }) => {
  const { task, lines } = await freshTask((found) => found.length >= 2 && found.every(whole));
  await give(lead, task.id, { worker: "marko" });
  await work(marko, task.id);
  await goTo(marko, lines[0]);
  const tell = async () => {
    await marko.getByTestId("lines").click();
    await marko.getByTestId("trouble").click();
  };
  const words = `The shelf is broken ${Math.random().toString(36).slice(2, 8)}`;
  await tell();
  await marko.getByTestId("reason-text").fill(words);
  await marko.context().setOffline(true);
  await marko.getByTestId("confirm-short").click();
  await expect(marko.getByTestId("report-failed")).toContainText("needs the network");
  await expect(marko.getByTestId("reason-text"), "the words stay").toHaveValue(words);
  await marko.context().setOffline(false);
  await marko.getByTestId("confirm-short").click();
  await expect(marko.getByTestId("said")).toContainText("Your lead knows.");

  await open(lead, "/admin/exceptions?kind=reported");
  const row = lead.getByTestId("exception-row").filter({ hasText: words });
  await expect(row).toContainText(task.number);
  await expect(row).toContainText(lines[0].item_code);
  await row.getByTestId("exception-acknowledge").click();
  await expect(row.getByTestId("exception-acknowledge")).toHaveCount(0);

  await tell();
  const own = marko.getByTestId("own-reports");
  await expect(own).toContainText(words);
  await expect(own).toContainText("looks after it");
});
