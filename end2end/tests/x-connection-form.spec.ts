import { expect, open, test } from "./support/app";

// Leaves a connection behind; runs last, because other specs expect those that were there before.
const odoo = process.env.CROSSDOCK_ODOO!;
/** What the simulator's only user signs in with. */
const account = { database: "demo", username: "admin", api_key: "0123456789abcdef0123456789abcdef01234567" };

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
