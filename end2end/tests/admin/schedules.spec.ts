import { expect, faults, open, test } from "../support/app";

test.describe.serial("schedules", () => {
  test("the usual lines are told in words, and one is changed with a look at its next times", async ({ admin }) => {
    await open(admin, "/admin/schedules");
    const of = (entity: string) => admin.locator(`[data-testid="schedule-row"][data-key="${entity}-delta"]`);
    await expect(of("partners")).toContainText("Every day at 02:30");
    await expect(of("dispatches")).toContainText("Every 2 hours, at minute 00");
    const line = of("items");
    await expect(line).toContainText("Every day at 02:00");
    await line.getByTestId("schedule-edit").click();
    const dialog = admin.getByTestId("schedule-dialog");
    const cron = dialog.getByTestId("schedule-cron");
    await cron.fill("every day");
    await expect(dialog.getByTestId("schedule-wrong")).toContainText("no cron line");
    await expect(dialog.getByTestId("schedule-save")).toBeDisabled();
    await cron.fill("15 4 * * 1-5");
    await expect(dialog.getByTestId("schedule-words")).toHaveText("Monday to Friday at 04:15");
    await expect(dialog.getByTestId("schedule-next").locator("li")).toHaveCount(5);
    await expect(dialog.getByTestId("schedule-next").locator("li").first()).toContainText("04:15");
    expect(await faults(admin)).toEqual([]);
    await dialog.getByTestId("schedule-save").click();
    await expect(line).toContainText("Monday to Friday at 04:15");
    await expect(line).toContainText("04:15");
  });

  test("a line runs now when asked, and says how it went", async ({ admin }) => {
    await open(admin, "/admin/schedules?entity=partners");
    await expect(admin.getByTestId("schedule-row")).toHaveCount(1);
    await admin.getByTestId("schedule-run").click();
    await open(admin, "/admin/sync-runs?entity=partners");
    await expect(admin.getByTestId("run-row").first()).toContainText("Done", { timeout: 60_000 });
  });

  test("a weekly line for everything is added and removed", async ({ admin }) => {
    await open(admin, "/admin/schedules");
    await admin.getByTestId("schedule-new").click();
    const dialog = admin.getByTestId("schedule-dialog");
    await dialog.getByTestId("schedule-entity").selectOption("items");
    await dialog.getByTestId("schedule-mode").selectOption("full");
    await expect(dialog.getByTestId("schedule-words")).toHaveText("On Sunday at 03:00");
    await dialog.getByTestId("schedule-save").click();
    const weekly = admin.locator('[data-testid="schedule-row"][data-key="items-full"]');
    await expect(weekly).toContainText("On Sunday at 03:00");
    await weekly.getByTestId("schedule-edit").click();
    await dialog.getByTestId("schedule-remove").click();
    await expect(weekly).toHaveCount(0);
  });
});
