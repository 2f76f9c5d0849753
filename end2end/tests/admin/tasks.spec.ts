import type { Page } from "@playwright/test";
import { call, freshTask, task as read, type Task } from "../support/api";
import { A_SECOND, expect, linked, open, test } from "../support/app";

const row = (page: Page, task: Task) => page.locator(`[data-testid=task-row][data-key="${task.number}"]`);
const show = (page: Page, task: Task) => open(page, `/admin/tasks?q=${encodeURIComponent(task.number)}`);
const held = (page: Page, task: Task) => page.locator(`[data-testid=task-row][data-task="${task.id}"]`);

test("a task dragged onto a worker is given after the question said what it touches, and is on the handheld within a second", async ({ lead, marko }) => {
  const { task } = await freshTask((lines) => lines.length >= 1);
  await open(marko, "/floor");
  await linked(marko);
  await show(lead, task);
  await row(lead, task).getByTestId("drag").dragTo(lead.getByTestId("load-worker-marko"));
  await expect(lead.getByTestId("scope")).toContainText(`1 task: ${task.number}`);
  await lead.getByTestId("ask-yes").click();
  await expect(held(marko, task)).toBeVisible({ timeout: A_SECOND });
  await expect(row(lead, task).getByTestId("assign")).toHaveText("Marko Ilić");
});

test("without a mouse: rows are walked, chosen, given to a team, made urgent and taken back", async ({ lead, marko }) => {
  const { task } = await freshTask((lines) => lines.length >= 1);
  await show(lead, task);
  await lead.keyboard.press("j");
  await lead.keyboard.press("x");
  await expect(lead.getByTestId("bulk-bar")).toContainText("This will touch 1 task");
  await lead.keyboard.press("g");
  const team = lead.getByTestId("assign-team-alfa");
  await expect(team).toBeVisible();
  await team.focus();
  await lead.keyboard.press("Enter");
  await expect(row(lead, task).getByTestId("assign")).toHaveText("Alfa");
  const again = async (key: string, button: string) => {
    await lead.getByTestId("assign-dialog").waitFor({ state: "hidden" });
    await lead.keyboard.press("j");
    await lead.keyboard.press("x");
    await expect(lead.getByTestId("bulk-bar")).toBeVisible();
    await lead.keyboard.press(key);
    await lead.getByTestId(button).focus();
    await lead.keyboard.press("Enter");
  };
  await again("p", "priority-urgent");
  await expect(row(lead, task)).toContainText("Urgent");
  await open(marko, "/floor");
  const offered = marko.locator(`[data-testid=task-row][data-task="${task.id}"]`);
  await expect(offered.getByText("Urgent", { exact: true }), "also for Marko, who is of the team").toBeVisible();
  await again("u", "ask-yes");
  await expect(row(lead, task).getByTestId("assign")).toHaveText("Give…");
  await lead.keyboard.press("?");
  await expect(lead.getByTestId("keys-list")).toContainText("Select the row");
});

test("a suggestion gives its reason, and taking it gives the task", async ({ lead }) => {
  const { task } = await freshTask((lines) => lines.length >= 1);
  await show(lead, task);
  await row(lead, task).getByTestId("select-row").check();
  await lead.getByTestId("bulk-suggest").click();
  await expect(lead.getByTestId("suggestion")).toContainText(/Lowest load, .*score/);
  await expect(lead.getByTestId("score-means")).toContainText("five for each task");
  await lead.getByTestId("suggestion-accept").click();
  await expect.poll(async () => (await read(task.id)).task.worker_id).not.toBeNull();
});

test("a due time that passed makes the task late, in the list and in the forecast", async ({ lead }) => {
  const { task } = await freshTask((lines) => lines.length >= 1);
  await show(lead, task);
  await row(lead, task).getByTestId("select-row").check();
  await lead.getByTestId("bulk-due").click();
  await lead.getByTestId("due-at").fill("2020-01-01T10:00");
  await lead.getByTestId("due-set").click();
  await expect(row(lead, task)).toContainText("1 Jan, 10:00");
  await open(lead, `/admin/tasks?due=late&q=${encodeURIComponent(task.number)}`);
  await expect(row(lead, task)).toBeVisible();
  await expect(lead.getByTestId("late-document").filter({ hasText: task.number })).toBeVisible();
});

test("what can be done with chosen tasks stays in sight wherever the list is scrolled to", async ({ lead }) => {
  await open(lead, "/admin/tasks");
  await lead.getByTestId("select-row").last().check();
  await expect(lead.getByTestId("bulk-bar")).toBeInViewport();
  await lead.getByTestId("bulk-clear").click();
  await expect(lead.getByTestId("bulk-bar")).toHaveCount(0);
});

test("who has a task is in sight in every language, on one line", async ({ lead }) => {
  for (const language of ["en", "sr", "pl", "ru", "es"]) {
    await lead.context().addCookies([{ name: "language", value: language, url: process.env.CROSSDOCK_URL! }]);
    await open(lead, "/admin/tasks");
    const holder = lead.getByTestId("assign").first();
    await expect(holder).toBeVisible();
    const over = await lead.locator("main .overflow-x-auto").evaluateAll((tables) => tables
      .map((table) => table.scrollWidth - table.clientWidth));
    expect(Math.max(...over), language).toBeLessThanOrEqual(1);
    const heights = await lead.getByTestId("assign").evaluateAll((all) => all.map((one) => one.scrollHeight - one.clientHeight));
    expect(Math.max(...heights), language).toBeLessThanOrEqual(1);
  }
});

test.describe("moved away", () => {
  // The handheld reads its task once more and is told that it is gone.
  test.use({ troubled: true });

  test("a task moved while a worker has it open closes on that handheld", async ({ lead, marko }) => {
    const { task } = await freshTask((lines) => lines.length >= 1);
    const give = async (to: string) => {
      await row(lead, task).getByTestId("assign").click();
      await lead.getByTestId(to).click();
      await lead.getByTestId("assign-dialog").waitFor({ state: "hidden" });
    };
    await show(lead, task);
    await give("assign-worker-marko");
    await open(marko, `/floor/tasks/${task.id}`);
    await expect(marko.getByTestId("instruction")).toBeVisible();
    await linked(marko);
    await give("assign-worker-jelena");
    await expect(marko.getByTestId("task-closed")).toBeVisible();
    expect((await call<{ rows: Task[] }>("jelena", "tasks")).rows.map(({ id }) => id)).toContain(task.id);
  });
});
