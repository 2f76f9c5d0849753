import { mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { call, syncOf, task as read, type Task } from "./support/api";
import { command, expect, give, open, test } from "./support/app";
import { enter, goTo, settled, work } from "./support/floor";

// A second ERP beside the first one, from its set-up to the result that stands in it. Runs last: other
// specs expect one connection.
const odoo = process.env.CROSSDOCK_ODOO!;
/** What the simulator's only user signs in with. */
const account = { database: "demo", username: "admin", api_key: "0123456789abcdef0123456789abcdef01234567" };

interface Transfer { name: string; state: string; lines: { wanted: number; quantity: number }[] }
interface Panel { latest: Transfer[]; counters: { by_method: Record<string, number> } }

async function connect(): Promise<number> {
  const file = join(mkdtempSync(join(tmpdir(), "crossdock-odoo-")), "odoo.json");
  writeFileSync(file, JSON.stringify({
    adapter_type: "odoo",
    connection: { base_url: odoo, rate_per_second: 50, ...account },
    write_back: true,
    retry_policy: { strategy: "fixed", initial_delay_seconds: 1 },
  }));
  await command("connect", file, "--name", "Odoo");
  const { rows } = await call<{ rows: { id: number; kind: string }[] }>("ana", "connections");
  return rows.find(({ kind }) => kind === "odoo")!.id;
}

/** Says what the names mean that only Odoo uses. */
async function answer(names: Record<string, string>): Promise<void> {
  for (const [external, code] of Object.entries(names)) {
    const query = `mappings?waiting=true&q=${encodeURIComponent(external)}`;
    const { rows } = await call<{ rows: { id: number; external: string; connection: string }[] }>("ana", query);
    const asked = rows.find((row) => row.external === external && row.connection === "Odoo");
    expect(asked, `${external} waits for an answer`).toBeDefined();
    await call("ana", `mappings/${asked!.id}/answer`, { answer: "means", code });
  }
}

/** A delivery of Odoo's that is floor work and nobody's. */
async function delivery(): Promise<{ id: number; number: string; task: Task }> {
  const { rows } = await call<{ rows: { id: number; number: string; lines_wms: number }[] }>(
    "luka", "dispatches?doc_type=OUT&only_wms=true&limit=50");
  for (const { id, number, lines_wms } of rows) {
    const { task } = await call<{ task: Task | null }>("luka", `dispatches/${id}`);
    if (task?.state === "open" && lines_wms > 0) return { id, number, task };
  }
  throw new Error("Odoo sent no delivery that is floor work");
}

const panel = async () => (await fetch(`${odoo}/_faults`)).json() as Promise<Panel>;

test("a dispatch finished on the handheld stands in Odoo once, though the answer is lost", async ({ admin, lead, marko }) => {
  test.slow();
  const id = await connect();
  await syncOf(id, "catalog");
  await answer({ Units: "KOM" });
  await syncOf(id, "issue");
  await answer({ "Central warehouse": "VELE_TEST" });
  await open(admin, "/admin/connections");
  await expect(admin.getByRole("link", { name: "Odoo" })).toBeVisible();

  const chosen = await delivery();
  await give(lead, chosen.task.id, { worker: "marko" });
  await fetch(`${odoo}/_faults`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ kind: "lost_answer", count: 1, method: "button_validate" }),
  });

  const { lines } = await read(chosen.task.id);
  await work(marko, chosen.task.id);
  for (const line of lines) {
    await goTo(marko, line);
    await enter(marko, line.requested);
    await settled(chosen.task.id, line, Number(line.requested));
  }
  await marko.getByTestId("finish").click();
  const partial = marko.getByTestId("confirm-partial");
  if (await partial.isVisible()) await partial.click();

  await open(lead, `/admin/dispatches/${chosen.id}`);
  await expect(lead.getByTestId("erp-entry")).toHaveAttribute("data-state", "entered", { timeout: 60_000 });
  const { latest, counters } = await panel();
  const written = latest.filter(({ name }) => name === chosen.number);
  expect(written).toHaveLength(1);
  expect(written[0].state).toBe("done");
  expect(written[0].lines.reduce((sum, line) => sum + line.quantity, 0))
    .toBe(lines.reduce((sum, line) => sum + Number(line.requested), 0));
  expect(counters.by_method["stock.picking/button_validate"], "validated once").toBe(1);

  // The message about it is found by the number and says first what it is, then what was tried.
  await open(admin, "/admin/deliveries");
  await admin.getByTestId("filter-q").fill(chosen.number);
  await admin.getByTestId("filter-q").press("Enter");
  const row = admin.getByTestId("delivery-row").filter({ hasText: "Result of dispatch" });
  await expect(row).toHaveCount(1);
  await expect(row.getByTestId("delivery-about")).toHaveText(`Result of dispatch ${chosen.number}`);
  await expect(row.getByRole("link", { name: chosen.number })).toHaveAttribute("href", `/admin/dispatches/${chosen.id}`);
  await row.getByTestId("delivery-open").click();
  const dialog = admin.getByTestId("delivery");
  await expect(dialog.getByTestId("delivery-about")).toContainText(chosen.number);
  await expect(dialog.getByTestId("attempt")).toHaveCount(2);
  const top = async (id: string) => (await dialog.getByTestId(id).first().boundingBox())!.y;
  expect(await top("attempt"), "attempts stand above what was told").toBeLessThan(await top("delivery-contents"));
});
