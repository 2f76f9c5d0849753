import { expect } from "@playwright/test";
import { call } from "./api";

const url = process.env.CROSSDOCK_ODOO!;
/** What the simulator's only user signs in with. */
const account = { database: "demo", username: "admin", api_key: "0123456789abcdef0123456789abcdef01234567" };
/** That user's number. */
const USER = 2;

/** Sets up a connection to the simulated Odoo, at the site of the first one; answers its number. */
export async function connectOdoo(name: string, test_system = false): Promise<number> {
  const { rows } = await call<{ rows: { warehouse_id: number }[] }>("ana", "connections");
  const connection = { base_url: url, rate_per_second: 50, ...account };
  const body = { name, adapter_type: "odoo", warehouse_id: rows[0].warehouse_id, test_system, connection };
  return (await call<{ id: number }>("ana", "connections", body)).id;
}

/** A payload that says how much of a product was counted at a place. */
export const count = (location: string, product_code: string, quantity = "12") =>
  ({ location, items: [{ product_code, quantity }] });

/** Records as they stand in Odoo. */
export async function records<T>(model: string, domain: unknown[], fields: string[]): Promise<T[]> {
  const args = [account.database, USER, account.api_key, model, "search_read", [domain, fields]];
  const answer = await fetch(`${url}/jsonrpc`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ jsonrpc: "2.0", id: 1, method: "call", params: { service: "object", method: "execute_kw", args } }),
  });
  const { result, error } = await answer.json() as { result?: T[]; error?: unknown };
  expect(error, `${model} is read`).toBeUndefined();
  return result!;
}

/** How often each method was called so far, as `model/method`. */
export async function calls(): Promise<Record<string, number>> {
  const answer = await fetch(`${url}/_faults`);
  return ((await answer.json()) as { counters: { by_method: Record<string, number> } }).counters.by_method;
}
