import { call } from "./support/api";
import { expect, open, test } from "./support/app";

// Leaves connections behind; runs last, because other specs expect those that were there before.
const odoo = process.env.CROSSDOCK_ODOO!;
/** What the simulator's only user signs in with. */
const account = { database: "demo", username: "admin", api_key: "0123456789abcdef0123456789abcdef01234567" };

interface Treatment { retry_policy: object; features: object; maintenance: object[] }

/** Sets a connection up over the API, at the site of the first one; answers its number. */
async function setUp(written: object): Promise<number> {
  const { rows } = await call<{ rows: { warehouse_id: number }[] }>("ana", "connections");
  const body = { warehouse_id: rows[0].warehouse_id, ...written };
  return (await call<{ id: number }>("ana", "connections", body)).id;
}

test("an admin sets a connection up in the form its schema draws, and changes it without its key", async ({ admin, lead }) => {
  await open(lead, "/admin/connections");
  await expect(lead.getByTestId("connection-row").first()).toBeVisible();
  await expect(lead.getByTestId("connection-new")).toHaveCount(0);

  await open(admin, "/admin/connections");
  const enter = (name: string, value: string) => admin.getByTestId(`setting-${name}`).fill(value);
  const save = admin.getByTestId("connection-save");
  await admin.getByTestId("connection-new").click();
  await admin.getByTestId("connection-kind").selectOption("odoo");
  await expect(admin.getByTestId("setting-page_size")).toHaveAttribute("placeholder", "200");
  await save.click();
  // All that is needed is marked at once, the first of it is in view, and the button says so too.
  for (const name of ["name", "base_url", "database", "api_key"]) {
    await expect(admin.getByTestId(`fault-${name}`)).toHaveText("This is needed.");
  }
  await expect(admin.getByTestId("setting-name")).toBeFocused();
  await expect(admin.getByTestId("setting-name")).toBeInViewport();
  await expect(admin.getByTestId("setting-name")).toHaveAttribute("aria-invalid", "true");
  await expect(admin.getByTestId("setting-name")).toHaveAccessibleDescription("This is needed.");
  await expect(admin.getByTestId("connection-marked")).toContainText("Not saved");
  // Of another kind of system nothing was left empty yet; what is filled in is not missing any more.
  await admin.getByTestId("connection-kind").selectOption("sap");
  await expect(admin.getByTestId("connection-marked")).toHaveCount(0);
  await expect(admin.getByTestId("fault-name")).toHaveCount(0);
  await admin.getByTestId("connection-kind").selectOption("odoo");
  await save.click();
  await expect(admin.getByTestId("fault-base_url")).toHaveText("This is needed.");
  await expect(admin.getByTestId("setting-documents_from")).toHaveAttribute("type", "date");
  await expect(admin.getByTestId("setting-protocol").locator("option:checked")).toContainText("By its version");

  await enter("name", "Odoo by hand");
  await expect(admin.getByTestId("fault-name")).toHaveCount(0);
  await expect(admin.getByTestId("setting-name")).not.toHaveAttribute("aria-invalid");
  await enter("base_url", odoo);
  for (const [name, value] of Object.entries(account)) await enter(name, value);
  await enter("rate_per_second", "5000");
  await save.click();
  await expect(admin.getByTestId("fault-rate_per_second")).toHaveText("Allowed is 0.01 to 1000.");
  await expect(admin.getByTestId("fault-name")).toHaveCount(0);
  await expect(admin.getByTestId("setting-rate_per_second")).toBeFocused();
  await enter("rate_per_second", "50");
  await admin.getByTestId("setting-protocol").selectOption("json2");
  await save.click();
  await expect(admin.getByRole("heading", { name: "Odoo by hand" })).toBeVisible();
  await expect(admin.getByTestId("health")).toHaveText("Healthy", { timeout: 30_000 });

  await expect(admin.locator("[data-testid=setting-row][data-key=base_url]")).toContainText("Address");
  const protocol = admin.locator("[data-testid=setting-row][data-key=protocol]");
  await expect(protocol, "a setting stands in the words of the form").toContainText("/json/2");
  await admin.getByTestId("connection-change").click();
  const key = admin.getByTestId("setting-api_key");
  await expect(key).toHaveAttribute("type", "password");
  await expect(key).toHaveAttribute("placeholder", "Set; empty keeps it");
  await expect(key).toHaveValue("");
  await expect(admin.getByTestId("setting-database")).toHaveValue(account.database);
  await enter("page_size", "20");
  await save.click();
  await expect(admin.getByTestId("connection-dialog")).toBeHidden();
  await expect(admin.locator("[data-testid=setting-row][data-key=page_size]")).toContainText("20");
  expect(await admin.content()).not.toContain(account.api_key);

  await admin.getByTestId("connection-test").click();
  await expect(admin.getByTestId("connection-test")).toBeEnabled({ timeout: 30_000 });
  await expect(admin.getByTestId("health")).toHaveText("Healthy", { timeout: 30_000 });
});

test("retries, limits and maintenance are set in the folded part of the form and stand in the API", async ({ admin }) => {
  const id = await setUp({
    name: "Odoo that rests", adapter_type: "odoo", connection: { base_url: odoo, ...account },
    features: { validation: false },
  });
  const kept = async () => (await call<{ delivery: Treatment }>("ana", `connections/${id}`)).delivery;
  const dialog = admin.getByTestId("connection-dialog");
  const field = (name: string) => dialog.getByTestId(`setting-${name}`);
  const fold = () => dialog.getByTestId("connection-rare").locator("summary").press("Enter");
  const save = () => dialog.getByTestId("connection-save").click();
  const unfolded = async () => {
    await open(admin, `/admin/connections/${id}`);
    await admin.getByTestId("connection-change").click();
    await expect(field("database")).toHaveValue(account.database);
    await expect(field("retry_policy.delays_seconds")).toBeHidden();
    await fold();
    await expect(field("retry_policy.delays_seconds")).toBeVisible();
  };

  await unfolded();
  const waits = field("retry_policy.delays_seconds");
  await expect(waits).toHaveAttribute("placeholder", "30, 120, 600, 1800, 3600");
  await expect(waits).toHaveValue("");
  await expect(field("retry_policy.strategy")).toHaveValue("custom");
  await waits.fill("10, soon");
  await fold();
  await save();
  // What is wrong unfolds, and what is typed goes there.
  await expect(dialog.getByTestId("fault-retry_policy.delays_seconds"))
    .toHaveText("Enter whole numbers with commas between them.");
  await expect(waits).toBeFocused();
  await waits.fill("10, 60");
  await field("retry_policy.jitter_percent").fill("0");
  await field("features.batch_size").fill("101");
  await save();
  await expect(dialog.getByTestId("fault-features.batch_size")).toHaveText("Allowed is 1 to 100.");
  await field("features.batch_size").fill("4");
  await field("features.circuit_breaker_failures").fill("5");
  const windows = field("maintenance");
  await windows.getByTestId("window-add").click();
  await expect(windows.getByTestId("window-from")).toBeFocused();
  await windows.getByTestId("window-from").fill("22:00");
  await save();
  await expect(dialog.getByTestId("fault-maintenance")).toHaveText("Enter both times of every window.");
  await windows.getByTestId("window-until").fill("23:30");
  await save();
  await expect(dialog).toBeHidden();

  const told = await kept();
  expect(told.retry_policy).toMatchObject({
    strategy: "custom", delays_seconds: [10, 60], jitter_percent: 0, max_attempts: 5,
  });
  expect(told.features).toMatchObject({ batch_size: 4, circuit_breaker_failures: 5, validation: false });
  expect(told.maintenance).toEqual([{ from: "22:00:00", until: "23:30:00" }]);

  await unfolded();
  await expect(waits).toHaveValue("10, 60");
  await expect(field("retry_policy.jitter_percent")).toHaveValue("0");
  await expect(field("features.batch_size")).toHaveValue("4");
  await expect(field("retry_policy.max_attempts"), "what is as by default stays empty").toHaveValue("");
  await expect(windows.getByTestId("window-from")).toHaveValue("22:00");
  await expect(windows.getByTestId("window-until")).toHaveValue("23:30");
  await save();
  await expect(dialog).toBeHidden();
  expect(await kept(), "saved without being touched").toEqual(told);

  await unfolded();
  await windows.getByTestId("window-remove").click();
  await expect(windows.getByTestId("window-row")).toHaveCount(0);
  await save();
  await expect(dialog).toBeHidden();
  expect(await kept()).toEqual({ ...told, maintenance: [] });
});

test("a schedule is offered what the system of its connection has", async ({ admin }) => {
  const id = await setUp({
    name: "SAP of materials", adapter_type: "sap",
    connection: { base_url: "http://127.0.0.1:9", client: "100", user: "CROSSDOCK", passwd: "kept sealed" },
  });
  await open(admin, "/admin/schedules");
  await admin.getByTestId("schedule-new").click();
  const dialog = admin.getByTestId("schedule-dialog");
  const offered = dialog.getByTestId("schedule-entity").locator("option");
  await expect(offered).toHaveCount(5);
  await dialog.getByTestId("schedule-entity").selectOption("partners");
  await dialog.getByTestId("schedule-connection").selectOption(String(id));
  await expect(offered).toHaveCount(1);
  await expect(dialog.getByTestId("schedule-entity")).toHaveValue("items");
});
