import { call } from "./support/api";
import { expect, open, test } from "./support/app";
import { calls, connectOdoo, count, records } from "./support/odoo";

// Leaves a connection behind; runs last, because other specs expect those that were there before.

// The server refuses one of the changes, which browsers complain about.
test.use({ troubled: true });

interface Step { state: string; payload: unknown; original_payload: unknown }
interface Saga { message: { state: string }; steps: Step[] }

/** What this spec makes in Odoo. */
const products = () => records<{ id: number; default_code: string }>(
  "product.product", [["default_code", "in", ["STEP-JAM", "STEP-TEA"]]], ["default_code"]);

test("the refused step of a saga is edited beside it, and the saga goes on to its end with every step once", async ({ admin }) => {
  const connection = await connectOdoo("Odoo of a saga");
  const key = `new-products-${connection}`;
  const product = (code: string, name: string) =>
    ({ event_type: "inventory.product.upsert", connection_id: connection, payload: { code, name } });
  const misspelt = count("WH/Stock", "STEP-JMA");
  const right = count("WH/Stock", "STEP-JAM");
  const steps = [
    product("STEP-JAM", "Fig jam"),
    { event_type: "inventory.stock.set", connection_id: connection, payload: misspelt },
    product("STEP-TEA", "Mint tea"),
  ];
  await call("ana", "erp/sagas", { idempotency_key: key, steps });
  const { rows: [{ id }] } = await call<{ rows: { id: string }[] }>("ana", `deliveries?connection=${connection}`);
  const saga = () => call<Saga>("ana", `deliveries/${id}`);
  const state = async () => (await saga()).message.state;
  await expect.poll(state, { timeout: 15_000 }).toBe("dead");
  expect((await saga()).steps.map((step) => step.state)).toEqual(["undone", "refused", "waiting"]);
  expect(await products(), "the first step is taken back").toEqual([]);
  const before = await calls();

  await open(admin, "/admin/deliveries");
  await expect(admin.getByTestId("link-state")).toHaveText("Live");
  await admin.getByTestId("filter-q").fill(key);
  await admin.getByTestId("filter-q").press("Enter");
  const row = admin.getByTestId("delivery-row");
  await expect(row).toHaveCount(1);
  await row.getByTestId("delivery-open").click();
  const dialog = admin.getByTestId("delivery");
  const refused = dialog.getByTestId("saga-step").nth(1);
  await expect(refused).toHaveAttribute("data-key", "refused");
  await refused.getByTestId("step-edit").click();
  const payload = dialog.getByTestId("delivery-payload");
  const reason = dialog.getByTestId("delivery-edit-reason");
  const send = dialog.getByTestId("delivery-edit-send");
  await expect(dialog.getByTestId("delivery-edit")).toContainText("Change what step 2 sends");
  await expect(payload).toHaveValue(/STEP-JMA/);

  // What does not fit is told while it is typed.
  const wordy = JSON.stringify(count("WH/Stock", "STEP-JAM", "a dozen"));
  await reason.fill("the code was misspelt");
  await expect(send).toBeEnabled();
  await payload.fill(wordy);
  await expect(dialog.getByTestId("delivery-fault")).toHaveText("items[0].quantity: here belongs a number.");
  await expect(send).toBeDisabled();
  await expect(payload).toHaveValue(wordy);

  // What fits, and is about another place, is refused by the server: what was typed stays.
  const elsewhere = JSON.stringify(count("WH/Stock/Shelf B", "STEP-JAM"));
  await payload.fill(elsewhere);
  await expect(dialog.getByTestId("delivery-fault")).toHaveCount(0);
  await send.click();
  await expect(admin.getByTestId("toast").filter({ hasText: "It would be about something else" })).toHaveCount(1);
  await expect(payload).toHaveValue(elsewhere);
  await expect(reason).toHaveValue("the code was misspelt");
  expect(await state()).toBe("dead");

  await payload.fill(JSON.stringify(right));
  await send.click();
  await expect(admin).not.toHaveURL(/message=/);
  await expect.poll(state, { timeout: 15_000 }).toBe("completed");
  const whole = await saga();
  expect(whole.steps.map((step) => step.state)).toEqual(["accepted", "accepted", "accepted"]);
  expect(whole.steps[1].payload).toEqual(right);
  expect(whole.steps.map((step) => step.original_payload)).toEqual([null, misspelt, null]);

  // Each step stands in Odoo once.
  const made = await products();
  expect(made.map(({ default_code }) => default_code).sort()).toEqual(["STEP-JAM", "STEP-TEA"]);
  const jam = made.find(({ default_code }) => default_code === "STEP-JAM")!.id;
  const lying = await records<{ quantity: number }>("stock.quant", [["product_id", "=", jam], ["quantity", ">", 0]], ["quantity"]);
  expect(lying.map(({ quantity }) => quantity)).toEqual([12]);
  const after = await calls();
  const more = (method: string) => (after[method] ?? 0) - (before[method] ?? 0);
  expect(more("product.product/load"), "both products, once each").toBe(2);
  expect(more("stock.quant/action_apply_inventory"), "counted once").toBe(1);
  expect(more("product.product/unlink"), "nothing more is taken back").toBe(0);

  // The page shows what was queued first beside the step that was edited, and nothing to edit any more.
  const done = admin.locator("[data-testid=delivery-row][data-key=completed]");
  await expect(done).toHaveCount(1);
  await done.getByTestId("delivery-open").click();
  await expect(dialog.locator("[data-testid=saga-step][data-key=accepted]")).toHaveCount(3);
  await expect(dialog.getByTestId("step-edit")).toHaveCount(0);
  await expect(dialog.getByTestId("step-original")).toHaveCount(1);
  const first = dialog.getByTestId("saga-step").nth(1).getByTestId("step-original");
  await first.locator("summary").click();
  await expect(first.locator("pre")).toBeVisible();
  await expect(first.locator("pre")).toContainText("STEP-JMA");
});
