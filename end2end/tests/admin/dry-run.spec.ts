import { expect, faults, open, test } from "../support/app";

test.describe.serial("dry runs", () => {
  test("a dry run of the catalogue shows what would be new, writes nothing, and is applied", async ({ admin }) => {
    test.slow();
    await open(admin, "/admin/connections");
    await admin.getByTestId("connection-row").getByRole("link").first().click();
    await admin.getByTestId("entity-items").getByTestId("sync-dry-items").click();
    await expect(admin).toHaveURL(/\/admin\/sync-runs\//);
    await expect(admin.getByTestId("run-state")).toContainText("Dry run");
    await expect(admin.getByTestId("run-state")).toContainText("Done", { timeout: 90_000 });
    await admin.getByTestId("tab-refused").click();
    await expect(admin.getByTestId("rejected-csv")).toBeVisible();
    await admin.getByTestId("tab-all").click();
    expect(await faults(admin)).toEqual([]);

    await admin.getByTestId("preview-apply").click();
    const dialog = admin.getByTestId("apply-dialog");
    await expect(dialog).toContainText("It reads upstream again");
    const dry = admin.url();
    await dialog.getByTestId("apply-yes").click();
    await expect(admin).not.toHaveURL(dry);
    await expect(admin.getByTestId("run-state")).toHaveText("Done", { timeout: 90_000 });
    await open(admin, new URL(dry).pathname);
    await expect(admin.getByText(/Applied by Ana/)).toBeVisible();
  });

  test("a dry run is thrown away, and the list of runs tells dry and real ones apart", async ({ admin }) => {
    test.slow();
    await open(admin, "/admin/connections");
    await admin.getByTestId("connection-row").getByRole("link").first().click();
    await admin.getByTestId("entity-partners").getByTestId("sync-dry-partners").click();
    await expect(admin).toHaveURL(/\/admin\/sync-runs\//);
    await expect(admin.getByTestId("run-state")).toContainText("Done", { timeout: 60_000 });
    await admin.getByTestId("preview-discard").click();
    await expect(admin.getByText(/Discarded by Ana/)).toBeVisible();
    await open(admin, "/admin/sync-runs?kind=dry");
    await expect(admin.getByTestId("run-row")).toHaveCount(2);
    await admin.getByTestId("filter-entity").selectOption("partners");
    await expect(admin.getByTestId("run-row")).toHaveCount(1);
    await expect(admin).toHaveURL(/entity=partners/);
  });

  test("the brake of a connection is set by a person", async ({ admin }) => {
    await open(admin, "/admin/connections");
    await admin.getByTestId("connection-row").getByRole("link").first().click();
    await expect(admin.getByTestId("brake")).toHaveText("Asks above 10 % of the active rows");
    await admin.locator('[data-testid^="brake-change"]').click();
    await admin.getByTestId("brake-percent").fill("25");
    await admin.getByTestId("brake-save").click();
    await expect(admin.getByTestId("brake")).toHaveText("Asks above 25 % of the active rows");
  });

  test("a code is looked up and its whereabouts are told in sentences", async ({ admin }) => {
    await open(admin, "/admin/why");
    await admin.getByTestId("filter-q").fill("85123A");
    await admin.getByTestId("filter-q").press("Enter");
    await expect(admin.getByTestId("finding").first()).toContainText("Item 85123A");
    await expect(admin.getByTestId("finding").first()).toContainText("is here, from Pantheon");
    await admin.getByTestId("filter-q").fill("NOT-A-CODE");
    await admin.getByTestId("filter-q").press("Enter");
    await expect(admin.getByTestId("findings")).toContainText("is called NOT-A-CODE");
    const without = admin.getByTestId("finding").filter({ hasText: "NOT-A-CODE is not in what was read to the end." });
    await expect(without).toHaveCount(1);
    await expect(without.getByTestId("finding-place").filter({ hasText: "Pantheon" })).toHaveCount(1);
    expect(await faults(admin)).toEqual([]);
  });
});
