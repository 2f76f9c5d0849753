import { freshTask, whole, type Line } from "../support/api";
import { expect, give, open, test } from "../support/app";
import { goTo, work } from "../support/floor";
import { allSent, cutOff, waiting } from "../support/handheld";
import type { Page } from "@playwright/test";

const workable = (found: Line[]) => found.length >= 2 && found.every(whole);
const broken = () => `The shelf is broken ${Math.random().toString(36).slice(2, 8)}`;

async function tell(page: Page, words: string): Promise<void> {
  await page.getByTestId("lines").click();
  await page.getByTestId("trouble").click();
  await page.getByTestId("reason-text").fill(words);
  await page.getByTestId("confirm-short").click();
  await expect(page.getByTestId("said")).toContainText(words);
}

test("a worker tells the lead what is wrong with a line, and sees what became of it", async ({ lead, marko }) => {
  const { task, lines } = await freshTask(workable);
  await give(lead, task.id, { worker: "marko" });
  await work(marko, task.id);
  await goTo(marko, lines[0]);
  const words = broken();
  await tell(marko, words);
  await allSent(marko);
  await marko.getByTestId("outgoing").click();
  await expect(marko.getByTestId("outgoing-row").filter({ hasText: words })).toHaveAttribute("data-state", "sent");
  await marko.reload();

  await open(lead, "/admin/exceptions?kind=reported");
  const row = lead.getByTestId("exception-row").filter({ hasText: words });
  await expect(row).toContainText(task.number);
  await expect(row).toContainText(lines[0].item_code);
  await row.getByTestId("exception-acknowledge").click();
  await expect(row.getByTestId("exception-acknowledge")).toHaveCount(0);

  await work(marko, task.id);
  await marko.getByTestId("lines").click();
  await marko.getByTestId("trouble").click();
  const own = marko.getByTestId("own-reports");
  await expect(own).toContainText(words);
  await expect(own).toContainText("looks after it");
});

test.describe("without a network", () => {
  test.use({ troubled: true });

  test("what a worker tells without a network waits, survives the tab and reaches the lead once", async ({ lead, browser }) => {
    const { task, lines, marko, back } = await cutOff(lead, browser, workable);
    await goTo(marko, lines[0]);
    const words = broken();
    await tell(marko, words);
    await expect(waiting(marko)).toHaveText("1 waiting");
    await marko.reload();
    await expect(waiting(marko)).toHaveText("1 waiting");
    // The first answer is lost: what was told is sent again under its id.
    let lost = false;
    await marko.context().route("**/api/v1/operations/batch", async (route) => {
      if (lost) return route.continue();
      lost = true;
      await route.fetch();
      await route.abort();
    });
    await back();
    await allSent(marko);
    expect(lost).toBe(true);

    await open(lead, "/admin/exceptions?kind=reported");
    const row = lead.getByTestId("exception-row").filter({ hasText: words });
    await expect(row).toHaveCount(1);
    await expect(row).toContainText(task.number);
    await expect(row).toContainText(lines[0].item_code);
    await marko.context().close();
  });
});
