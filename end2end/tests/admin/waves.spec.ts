import type { Page } from "@playwright/test";
import { call, freshTask, type Task } from "../support/api";
import { A_SECOND, ask, expect, give, linked, open, test } from "../support/app";

const row = (page: Page, task: Task) => page.locator(`[data-testid=task-row][data-key="${task.number}"]`);
const offered = (page: Page, task: Task) => page.locator(`[data-testid=task-row][data-task="${task.id}"]`);

// What waves and cut-offs of a test are called: one that fails midway leaves nothing held back, and no due times.
let made: string[] = [];

test.afterEach(async ({ lead }) => {
  const { rows } = await call<{ rows: { id: number; name: string; tasks: number }[] }>("luka", "waves?state=planned&limit=200");
  for (const { id, tasks } of rows.filter(({ name }) => made.includes(name))) {
    await call("luka", `waves/${id}/${tasks > 0 ? "release" : "closure"}`, undefined, "POST");
  }
  const cutOffs = await ask<{ id: number; name: string }[]>(lead, "cut_offs/list", {});
  for (const { id } of cutOffs.filter(({ name }) => made.includes(name))) await ask(lead, "cut_offs/remove", { id });
  made = [];
});

/** A name for a wave or a cut-off that is taken away after the test. */
function called(name: string): string {
  made.push(name);
  return name;
}

test("a task put into a wave leaves the handheld, and comes back within a second of its release", async ({ lead, marko }) => {
  const { task } = await freshTask((lines) => lines.length >= 1);
  await open(marko, "/floor");
  await linked(marko);
  await open(lead, `/admin/tasks?q=${encodeURIComponent(task.number)}`);
  await give(lead, task.id, { worker: "marko" });
  await expect(offered(marko, task)).toBeVisible();
  await expect(row(lead, task).getByTestId("assign")).toHaveText("Marko Ilić");

  // Without a mouse: the row is chosen, and a new wave is made of it.
  const name = called(`Courier ${task.id}`);
  await lead.keyboard.press("j");
  await lead.keyboard.press("x");
  await expect(lead.getByTestId("bulk-bar")).toContainText("This will touch 1 task");
  await lead.keyboard.press("w");
  await lead.getByTestId("wave-name").fill(name);
  await lead.getByTestId("wave-make").focus();
  await lead.keyboard.press("Enter");
  await expect(offered(marko, task)).toHaveCount(0);
  await expect(row(lead, task).getByTestId("task-held")).toContainText("not released");

  // Whatever the list was narrowed to, a wave shows all that is in it.
  await open(lead, "/admin/tasks?view=done&q=nothing+is+called+so");
  await expect(row(lead, task)).toHaveCount(0);
  const wave = lead.getByTestId("wave-row").filter({ hasText: name });
  await wave.getByTestId("wave-show").click();
  await expect(lead).toHaveURL(/\?view=all&wave=\d+$/);
  await expect(lead.getByTestId("filter-q")).toHaveValue("");
  await expect(row(lead, task)).toBeVisible();
  await wave.getByTestId("wave-release").click();
  await expect(lead.getByTestId("confirm")).toContainText("1 task comes to the floor at once");
  await lead.getByTestId("confirm-yes").click();
  await expect(offered(marko, task)).toBeVisible({ timeout: A_SECOND });
  await expect(row(lead, task).getByTestId("task-held")).toHaveCount(0);
  await expect(wave.getByTestId("wave-release")).toHaveCount(0);
  await lead.getByTestId("wave-all").click();
  await expect(lead).toHaveURL(/\/admin\/tasks$/);
});

test("a task taken out of its wave is on the floor again, and the empty wave is closed", async ({ lead, marko }) => {
  const { task } = await freshTask((lines) => lines.length >= 1);
  await open(marko, "/floor");
  await linked(marko);
  await open(lead, `/admin/tasks?q=${encodeURIComponent(task.number)}`);
  await give(lead, task.id, { worker: "marko" });
  await expect(row(lead, task).getByTestId("assign")).toHaveText("Marko Ilić");
  const name = called(`Van ${task.id}`);
  const choose = async () => {
    await row(lead, task).getByTestId("select-row").check();
    await lead.getByTestId("bulk-wave").click();
  };
  await choose();
  await lead.getByTestId("wave-name").fill(name);
  await lead.getByTestId("wave-make").click();
  await expect(row(lead, task).getByTestId("task-held")).toBeVisible();
  await lead.getByTestId("assign-dialog").waitFor({ state: "hidden" });
  await choose();
  await lead.getByTestId("wave-take-out").click();
  await expect(offered(marko, task)).toBeVisible();
  const wave = lead.getByTestId("wave-row").filter({ hasText: name });
  await wave.getByTestId("wave-close").click();
  await expect(wave).toHaveCount(0);
});

test("a cut-off gives dispatches their due time, and can be removed again", async ({ lead }) => {
  const { task } = await freshTask((lines) => lines.length >= 1);
  await open(lead, "/admin/teams");
  await lead.getByTestId("cut-off-add").click();
  await expect(lead.getByTestId("cut-off-save")).toBeDisabled();
  const name = called(`Truck ${task.id}`);
  await lead.getByTestId("cut-off-name").fill(name);
  await lead.getByTestId("cut-off-closes").fill("23:59");
  await lead.getByTestId("cut-off-day-6").check();
  await lead.getByTestId("cut-off-day-7").check();
  await lead.getByTestId("cut-off-save").click();
  const cutOff = lead.locator(`[data-testid=cut-off-row][data-key="${name}"]`);
  await expect(cutOff).toContainText("every day");
  await open(lead, `/admin/tasks?q=${encodeURIComponent(task.number)}`);
  await expect(row(lead, task)).toContainText("23:59");
  await lead.getByTestId("filter-cut_off").selectOption({ label: `23:59 ${name}` });
  await expect(row(lead, task)).toBeVisible();
  await open(lead, "/admin/teams");
  await cutOff.getByTestId("cut-off-edit").click();
  await lead.getByTestId("cut-off-remove").click();
  await expect(cutOff).toHaveCount(0);
});
