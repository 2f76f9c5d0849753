import { data } from "../support/api";
import { expect, open, test } from "../support/app";

test.beforeAll(data);

test("a sync under way is cancelled and says so", async ({ admin }) => {
  test.slow();
  await open(admin, "/admin/connections");
  await admin.getByTestId("connection-row").getByRole("link").first().click();
  const card = admin.getByTestId("entity-items");
  await card.getByTestId("sync-full-items").click();
  await expect(card.getByTestId("run-state")).toHaveText(/Queued|Running/);
  await card.getByTestId("run-open").click();
  await admin.getByTestId("run-cancel").click();
  await expect(admin.getByTestId("run-state")).toHaveText("Cancelled", { timeout: 30_000 });
  await expect(admin.getByTestId("run-cancel")).toHaveCount(0);
  await open(admin, "/admin/sync-runs?state=cancelled");
  await expect(admin.getByTestId("run-row").first()).toContainText("Cancelled");
});

test("a wrong password of a connection is told, and a right one heals it", async ({ admin }) => {
  await open(admin, "/admin/connections");
  await admin.getByTestId("connection-row").getByRole("link").first().click();
  const replace = async (password: string) => {
    await admin.getByTestId("secret-replace-password").click();
    await expect(admin.getByTestId("secret-value")).toHaveAttribute("type", "password");
    await admin.getByTestId("secret-value").fill(password);
    await admin.getByTestId("secret-save").click();
    await expect(admin.getByTestId("secret-dialog")).toBeHidden();
  };
  await replace("not-the-password");
  await expect(admin.getByTestId("health")).toHaveText("Failing", { timeout: 30_000 });
  await replace("change-me");
  await expect(admin.getByTestId("health")).toHaveText("Healthy", { timeout: 30_000 });
  await open(admin, "/admin/audit");
  const entry = admin.getByTestId("audit-row").first();
  await expect(entry).toContainText("replaced secrets of the connection Pantheon");
});
