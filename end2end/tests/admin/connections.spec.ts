import { readFile } from "node:fs/promises";
import { expect, open, test } from "../support/app";

const number = (text: string) => Number(text.replace(/[^0-9]/g, ""));

test.describe.serial("the connection to the ERP", () => {
  test("the connection is found healthy when it is tested", async ({ admin }) => {
    await open(admin, "/admin/connections");
    const row = admin.getByTestId("connection-row");
    await expect(row).toHaveCount(1);
    await row.getByTestId("connection-test").click();
    await expect(row).toContainText("Healthy", { timeout: 15_000 });
  });

  test("a sync of the catalogue is watched live from the first page to the end", async ({ admin }) => {
    await open(admin, "/admin/connections");
    await admin.getByTestId("connection-row").getByRole("link").first().click();
    const card = admin.getByTestId("entity-items");
    await card.getByTestId("sync-now-items").click();
    await expect(card.getByTestId("run-state")).toHaveText(/Queued|Running/);
    await card.getByTestId("run-open").click();
    await expect(admin).toHaveURL(/\/admin\/sync-runs\//);

    // Without a reload, the figures grow page by page.
    const seen = new Set<number>();
    const rows = admin.getByTestId("run-rows");
    await expect.poll(async () => {
      seen.add(number(await rows.innerText()));
      return admin.getByTestId("run-state").innerText();
    }, { timeout: 60_000, intervals: [100] }).toBe("Done");
    await expect.poll(async () => number(await rows.innerText())).toBeGreaterThan(3_000);
    expect(seen.size, "figures seen on the way").toBeGreaterThan(2);
    const counted = await Promise.all(["created", "updated", "unchanged", "refused"]
      .map(async (name) => number(await admin.getByTestId(`run-${name}`).innerText())));
    expect(counted.reduce((sum, part) => sum + part)).toBe(number(await rows.innerText()));
    expect(number(await admin.getByTestId("run-pages").innerText())).toBeGreaterThan(3);
  });

  test("the other three are synchronised from the same page", async ({ admin }) => {
    test.setTimeout(180_000);
    await open(admin, "/admin/connections");
    await admin.getByTestId("connection-row").getByRole("link").first().click();
    for (const entity of ["partners", "dispatches", "receipts"]) {
      const card = admin.getByTestId(`entity-${entity}`);
      await card.getByTestId(`sync-now-${entity}`).click();
      await expect(card.getByTestId("run-state")).toHaveText("Done", { timeout: 60_000 });
    }
    await expect(admin.getByTestId("run-row")).toHaveCount(4);
  });

  test("calls that were kept are downloaded with request and answer", async ({ admin }) => {
    await open(admin, "/admin/connections");
    await admin.getByTestId("connection-row").getByRole("link").first().click();
    const file = admin.waitForEvent("download");
    await admin.getByTestId("calls-download").click();
    const download = await file;
    expect(download.suggestedFilename()).toMatch(/^calls-of-connection-\d+\.ndjson$/);
    const lines = (await readFile(await download.path(), "utf8")).trim().split("\n");
    expect(JSON.parse(lines[0])).toHaveProperty("correlation_id");
  });

  test("a lead sees connections and cannot start anything", async ({ lead }) => {
    await open(lead, "/admin/connections");
    await expect(lead.getByTestId("connection-row")).toHaveCount(1);
    await expect(lead.getByTestId("connection-test")).toHaveCount(0);
    await lead.getByTestId("connection-row").getByRole("link").first().click();
    await expect(lead.getByTestId("entity-items")).toBeVisible();
    await expect(lead.getByTestId("sync-now-items")).toHaveCount(0);
  });
});
