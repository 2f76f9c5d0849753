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
    test.slow();
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

  test("the pause and the time limits of a connection that is only read are changed on its page", async ({ admin }) => {
    await open(admin, "/admin/connections");
    await admin.getByTestId("connection-row").getByRole("link").first().click();
    await expect(admin.getByTestId("write-back")).toHaveText("It is only read");
    const page = new URL(admin.url()).pathname;
    const dialog = admin.getByTestId("delivery-settings");
    const field = (name: string) => dialog.getByTestId(`delivery-${name}`);
    const save = async () => {
      await field("save").click();
      await expect(dialog).toBeHidden();
      await open(admin, page);
      await admin.getByTestId("delivery-change").click();
    };
    await admin.getByTestId("delivery-change").click();
    await expect(dialog).toContainText("Time limits and pauses");
    for (const name of ["write-back", "attempts", "backlog", "validation"]) await expect(field(name)).toHaveCount(0);
    await field("breaker").selectOption("false");
    await field("connect").fill("7");
    await field("request").fill("45");
    await field("sync").fill("300");
    await field("idle").fill("601");
    await expect(dialog).toContainText("idle_timeout_seconds is a number from 1 to 600.");
    await expect(field("save")).toBeDisabled();
    await field("idle").fill("20");
    await save();
    await expect(field("breaker")).toHaveValue("false");
    for (const [name, value] of [["connect", "7"], ["request", "45"], ["idle", "20"], ["sync", "300"]]) {
      await expect(field(name)).toHaveValue(value);
    }

    // As it was before.
    await field("breaker").selectOption("true");
    await field("connect").fill("5");
    for (const name of ["request", "idle", "sync"]) await field(name).fill("");
    await save();
    await expect(field("breaker")).toHaveValue("true");
    await expect(field("request")).toHaveValue("");
  });

  test("a lead sees connections and cannot start anything", async ({ lead }) => {
    await open(lead, "/admin/connections");
    await expect(lead.getByTestId("connection-row")).toHaveCount(1);
    await expect(lead.getByTestId("connection-test")).toHaveCount(0);
    await lead.getByTestId("connection-row").getByRole("link").first().click();
    await expect(lead.getByTestId("entity-items")).toBeVisible();
    await expect(lead.getByTestId("sync-now-items")).toHaveCount(0);
    await expect(lead.getByTestId("write-back")).toBeVisible();
    await expect(lead.getByTestId("delivery-change")).toHaveCount(0);
  });
});
