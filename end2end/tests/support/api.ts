import { expect } from "@playwright/test";
import { randomUUID } from "node:crypto";

export const base = process.env.CROSSDOCK_URL!;
export const password = "demo-crossdock";

export type Login = "ana" | "luka" | "marko" | "jelena" | "sara" | "tv";

export interface Task {
  id: number; document_id: number; kind: "dispatch" | "receipt"; number: string; state: string;
  document_status: string; worker_id: number | null; team_id: number | null; lines_total: number;
}
export interface Line {
  id: number; item_code: string; item_name: string; uom: string; decimals: number;
  requested: string; done: string; status: string; reason: string | null; barcodes: string[];
}
export interface Figures {
  lines_picked: number; quantity_picked: string; documents_open: number; documents_partial: number;
  documents_done: number; coverage_lines_wms: number; coverage_lines_erp: number;
}

const tokens = new Map<Login, Promise<string>>();

async function signIn(login: Login): Promise<string> {
  const answer = await fetch(`${base}/api/v1/auth/token`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ login, password }),
  });
  expect(answer.status, "sign-in over the API").toBe(200);
  return (await answer.json()).access_token;
}

/** Calls the REST API as a person. */
export async function call<T>(login: Login, path: string, body?: unknown, method = body === undefined ? "GET" : "POST"): Promise<T> {
  if (!tokens.has(login)) tokens.set(login, signIn(login));
  const answer = await fetch(`${base}/api/v1/${path}`, {
    method,
    headers: { authorization: `Bearer ${await tokens.get(login)}`, "content-type": "application/json" },
    body: body === undefined ? undefined : JSON.stringify(body),
  });
  const text = await answer.text();
  expect(answer.ok, `${path}: ${answer.status} ${text}`).toBe(true);
  return JSON.parse(text);
}

export const task = (id: number) => call<{ task: Task; lines: Line[] }>("luka", `tasks/${id}`);
export const figures = async () =>
  (await call<{ figures: Figures }>("tv", "boards/shift")).figures;

/** One act on a task, as a handheld sends it. */
export const act = (login: Login, taskId: number, action: Record<string, unknown>, id = randomUUID()) =>
  call<{ outcome: { outcome: string }; line: Line | null; task_state: string }>(login, "operations", {
    id, task_id: taskId, made_at: new Date().toISOString(), device: "spec", action,
  });

/** Codes of the locations that goods are put on. */
export const SHELVES = ["A-01-01", "A-01-02", "A-02-01", "B-01-01", "B-01-02", "B-02-01", "C-01-01", "C-01-02"];

/** Gives the site its locations. */
export async function setUpShelves(): Promise<void> {
  const site = await call<{ warehouse_id: number }>("luka", "session");
  const locations = SHELVES.map((code) => ({ code, zone: code[0] }));
  await call("luka", "locations", { warehouse: site.warehouse_id, locations }, "PUT");
}

const ended = ["done", "failed", "cancelled", "needs_approval"];

/** Syncs the connection that was set up first. */
export const sync = (...wanted: string[]) => syncOf(null, ...wanted);

/** Syncs one kind of row after another. */
export async function syncOf(connection: number | null, ...wanted: string[]): Promise<void> {
  for (const path of wanted) {
    let run = await call<{ id: number; state: string; message: string | null }>("ana", `sync/${path}`, { mode: "full", connection_id: connection });
    while (!ended.includes(run.state)) {
      await new Promise((resolve) => setTimeout(resolve, 300));
      run = await call("ana", `sync-runs/${run.id}`);
    }
    expect(run.state, `sync of ${path}: ${run.message}`).toBe("done");
  }
}

let synced = false;

/** Makes sure that there are items, partners and documents. */
export async function data(): Promise<void> {
  if (synced) return;
  const rows = async (login: Login, path: string) => (await call<{ rows: unknown[] }>(login, path)).rows.length;
  const missing: string[] = [];
  for (const [path, list] of [["catalog", "items"], ["subjects", "partners"], ["issue", "dispatches"], ["receipt", "receipts"]]) {
    if ((await rows("ana", `${list}?limit=1`)) === 0) missing.push(path);
  }
  await sync(...missing);
  synced = true;
}

const taken = new Set<number>();

/** A task that nobody has and no other spec used, with lines as wanted. */
export async function freshTask(fits: (lines: Line[]) => boolean, kind: Task["kind"] = "dispatch"): Promise<{ task: Task; lines: Line[] }> {
  await data();
  let after: string | null = "";
  for (let pages = 0; after !== null && pages < 10; pages += 1) {
    const query: string = after ? `&after=${encodeURIComponent(after)}` : "";
    const page: { rows: Task[]; next: string | null } =
      await call("luka", `tasks?state=open&limit=100${query}`);
    for (const candidate of page.rows) {
      const free = candidate.kind === kind && !candidate.worker_id && !candidate.team_id;
      if (!free || taken.has(candidate.id)) continue;
      const found = await task(candidate.id);
      if (!fits(found.lines)) continue;
      taken.add(candidate.id);
      return found;
    }
    after = page.next;
  }
  throw new Error("no task of the demo data has such lines");
}

export const whole = (line: Line) => line.decimals === 0;
export const asks = (line: Line) => Number(line.requested);
