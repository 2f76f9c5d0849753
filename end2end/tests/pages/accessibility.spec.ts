import { data, freshTask } from "../support/api";
import { expect, faults, give, linked, open, test } from "../support/app";
import { work } from "../support/floor";

test.beforeAll(data);

for (const path of [
  "/admin", "/admin/connections", "/admin/items", "/admin/partners", "/admin/dispatches", "/admin/receipts",
  "/admin/conflicts", "/admin/shortages", "/admin/document-types",
  "/admin/tasks", "/admin/exceptions", "/admin/teams", "/admin/devices", "/admin/mappings", "/admin/schedules", "/admin/sync-runs", "/admin/why?q=85123A", "/admin/users", "/admin/audit", "/admin/webhooks", "/admin/operations", "/styleguide",
]) {
  test(`${path} has no serious accessibility fault`, async ({ admin }) => {
    await open(admin, path);
    expect(await faults(admin)).toEqual([]);
  });
}

test("the sign-in page has no serious accessibility fault", async ({ page }) => {
  await open(page, "/login");
  expect(await faults(page)).toEqual([]);
});

test("the handheld's pages have no serious accessibility fault", async ({ lead, marko }) => {
  const { task } = await freshTask((lines) => lines.length >= 2);
  await give(lead, task.id, { worker: "marko" });
  await open(marko, "/floor");
  await expect(marko.getByTestId("task-row").first()).toBeVisible();
  expect(await faults(marko)).toEqual([]);
  await work(marko, task.id);
  expect(await faults(marko)).toEqual([]);
  await marko.getByTestId("short").click();
  expect(await faults(marko)).toEqual([]);
});

test("the board has no serious accessibility fault", async ({ tv }) => {
  await open(tv, "/board");
  await linked(tv);
  expect(await faults(tv)).toEqual([]);
});
