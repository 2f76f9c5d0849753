import { data } from "../support/api";
import { expect, linked, open, test } from "../support/app";

test.beforeAll(data);

test("a day of the roster is decided, stays, and becomes usual again", async ({ lead }) => {
  await open(lead, "/admin/teams");
  const day = lead.locator('[data-testid=roster-row][data-key="Marko Ilić"]').getByTestId("roster-day").nth(2);
  await day.selectOption("off");
  await lead.reload();
  await expect(day).toHaveValue("off");
  await day.selectOption("");
  await lead.reload();
  await expect(day).toHaveValue("");
});

test("a shift that ends before it starts is not saved and says why", async ({ lead }) => {
  await open(lead, "/admin/teams");
  await lead.getByTestId("shift-row").first().getByTestId("shift-edit").click();
  await lead.getByTestId("shift-ends").fill("06:00");
  await expect(lead.getByTestId("shift-fault")).toContainText("ends after it starts");
  await expect(lead.getByTestId("shift-save")).toBeDisabled();
});

test("a handheld in use is listed with its person and its session can be ended", async ({ admin, jelena }) => {
  await open(jelena, "/floor");
  await linked(jelena);
  await open(admin, "/admin/devices?q=Jelena");
  const row = admin.getByTestId("device-row").first();
  await expect(row).toContainText("Signed in");
  await expect(row.getByTestId("device-sign-out")).toBeVisible();
});

test("an exception is counted in the navigation, looked after and resolved with a note", async ({ lead }) => {
  test.slow();
  // The first look comes seconds after the start; the demo's documents of past days are late.
  await open(lead, "/admin/exceptions");
  await expect(lead.getByTestId("exceptions-waiting")).toBeVisible({ timeout: 90_000 });
  const row = lead.getByTestId("exception-row").first();
  const name = (await row.getAttribute("data-key"))!;
  await row.getByTestId("exception-acknowledge").click();
  await expect(row.getByTestId("seen-by")).toContainText("Luka");
  await row.getByTestId("exception-resolve").click();
  await lead.getByTestId("resolve-note").fill("Called the driver.");
  await lead.getByTestId("resolve-yes").click();
  await open(lead, "/admin/exceptions?view=closed");
  await expect(lead.locator(`[data-testid=exception-row][data-key="${name}"]`).first()).toContainText("Called the driver.");
});
