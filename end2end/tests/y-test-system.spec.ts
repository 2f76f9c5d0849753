import { call } from "./support/api";
import { ask, expect, open, test } from "./support/app";
import { connectOdoo, count } from "./support/odoo";

// Leaves connections behind; runs last, because other specs expect those that were there before.

interface Message { id: string; state: string; connection_id: number; rehearsal_of: string | null }

const sentTo = async (id: number) =>
  (await call<{ rows: Message[] }>("ana", "deliveries?limit=50")).rows.filter(({ connection_id }) => connection_id === id);

test("a command is tried at a test system in other words, and stays as it is", async ({ admin }) => {
  const real = await connectOdoo("Odoo that counts");
  const trial = await connectOdoo("Odoo for trials", true);
  const payload = { code: "TRIAL-1", name: "Plum jam" };
  const steps = [{ event_type: "inventory.product.upsert", connection_id: real, payload }];
  await call("ana", "erp/sagas", { idempotency_key: `trial-${real}`, steps });
  await expect.poll(async () => (await sentTo(real)).map(({ state }) => state)).toEqual(["completed"]);
  const [original] = await sentTo(real);

  await open(admin, "/admin/connections");
  const badge = admin.getByTestId("connection-row").filter({ hasText: "Test system" });
  await expect(badge).toHaveCount(1);
  await expect(badge).toContainText("Odoo for trials");

  await open(admin, "/admin/deliveries");
  await admin.getByTestId("filter-q").fill("TRIAL-1");
  await admin.getByTestId("filter-q").press("Enter");
  await expect(admin.getByTestId("delivery-row")).toHaveCount(1);
  await admin.getByTestId("delivery-row").getByTestId("delivery-open").click();
  await admin.getByTestId("delivery-rehearse").locator("summary").click();
  await expect(admin.getByTestId("delivery-rehearse-system").locator("option")).toHaveText(["Odoo for trials"]);
  await admin.getByTestId("delivery-rehearse-payload").fill(JSON.stringify({ ...payload, name: "Plum jam, 300 g" }));
  await admin.getByTestId("delivery-rehearse-send").click();

  // The dialog goes on to the copy, which leads back.
  const dialog = admin.getByTestId("delivery");
  await expect(dialog.getByRole("link", { name: "the original" })).toBeVisible();
  await expect(dialog.getByTestId("attempt")).toHaveCount(1);
  await expect.poll(async () => (await sentTo(trial)).map(({ state, rehearsal_of }) => ({ state, rehearsal_of })))
    .toEqual([{ state: "completed", rehearsal_of: original.id }]);
  expect(await sentTo(real), "nothing more went where it counts").toEqual([original]);
});

const stateOf = async (id: string) => (await call<{ message: Message }>("ana", `deliveries/${id}`)).message.state;

/** A count of goods that Odoo does not have: dead after its first attempt. */
async function refused(connection_id: number, location: string, code: string): Promise<string> {
  const steps = [{ event_type: "inventory.stock.set", connection_id, payload: count(location, code) }];
  await call("ana", "erp/sagas", { idempotency_key: `refused-${connection_id}-${code}`, steps });
  const [{ id }] = await sentTo(connection_id);
  await expect.poll(() => stateOf(id), { timeout: 15_000 }).toBe("dead");
  return id;
}

test("what is typed into a dead command stays when it changes meanwhile, and another begins with what it says", async ({ admin }) => {
  const connection = await connectOdoo("Odoo of two who edit");
  await refused(connection, "WH/Stock/Shelf B", "NOBODYS-2");
  const id = await refused(connection, "WH/Stock", "NOBODYS-1");
  await open(admin, `/admin/deliveries?connection=${connection}&message=${id}`);
  await expect(admin.getByTestId("link-state")).toHaveText("Live");

  const dialog = admin.getByTestId("delivery");
  const payload = dialog.getByTestId("delivery-payload");
  const reason = dialog.getByTestId("delivery-edit-reason");
  await dialog.getByText("Change what is sent").click();
  const typed = JSON.stringify(count("WH/Stock", "SKU-001"));
  await payload.fill(typed);
  await reason.fill("another item was counted");
  await expect(dialog.getByTestId("payload-overtaken")).toHaveCount(0);
  await payload.focus();

  // Somebody else edits it too, and Odoo refuses that as well: the message is shown anew.
  const other = JSON.stringify(count("WH/Stock", "NOBODYS-1", "13"));
  await ask(admin, "deliveries/edit", { id, step: null, payload: other, reason: "counted once more" });
  await expect(dialog.getByTestId("attempt")).toHaveCount(2, { timeout: 15_000 });
  await expect(dialog.getByTestId("delivery-contents")).toContainText('"quantity": "13"');
  await expect(payload, "the form is still folded out").toBeVisible();
  await expect(payload, "who types goes on typing").toBeFocused();
  await expect(payload).toHaveValue(typed);
  await expect(reason).toHaveValue("another item was counted");
  await expect(dialog.getByTestId("payload-overtaken")).toBeVisible();
  await dialog.getByTestId("delivery-edit-send").click();
  await expect(admin).not.toHaveURL(/message=/);
  await expect.poll(() => stateOf(id), { timeout: 15_000 }).toBe("completed");

  // The page was not loaded again, and nothing of it is left for the next one.
  const dead = admin.locator("[data-testid=delivery-row][data-key=dead]");
  await expect(dead).toHaveCount(1);
  await dead.getByTestId("delivery-open").click();
  await expect(payload).toHaveValue(/NOBODYS-2/);
  await expect(payload, "it is folded in").toBeHidden();
  await expect(reason).toHaveValue("");
  await expect(dialog.getByTestId("payload-overtaken")).toHaveCount(0);
});
