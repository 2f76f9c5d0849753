import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { act, asks, base, call, freshTask, sync, whole, type Line } from "../support/api";
import { control, expect, give, linked, open, test } from "../support/app";
import { goTo, settled, stored, work } from "../support/floor";
import { allSent, cut, cutOff, fill, given, handheld, keptActs, openOffline, pickTimes, start, waiting } from "../support/handheld";

test.use({ troubled: true });

const workable = (lines: Line[]) =>
  lines.length >= 3 && lines.length <= 10 && lines.every(whole) && lines.slice(0, 3).every((line) => asks(line) >= 4 && asks(line) <= 60);

async function inbox(lead: import("@playwright/test").Page, number: string) {
  await open(lead, "/admin/exceptions?kind=review");
  return lead.locator(`[data-testid=exception-row][data-key^="${number}"]`);
}

test("work on a line that a second device took meanwhile goes to the lead, who accepts it", async ({ lead, browser, jelena }) => {
  const { task, lines, marko, back } = await cutOff(lead, browser, workable, { team: "Alfa" });
  await pickTimes(marko, lines[0], 2);
  await act("jelena", task.id, { do: "pick", line_id: lines[0].id, quantity: "1", scanned: null });
  await back();
  await expect(marko.getByTestId("review-act")).toContainText("Your lead decides", { timeout: 20_000 });
  await marko.getByTestId("acknowledge").click();
  await marko.getByTestId("acknowledge").click();
  await allSent(marko);
  await marko.getByTestId("outgoing").click();
  await expect(marko.locator("[data-testid=outgoing-row][data-state=review]")).toHaveCount(2);
  expect(Number((await stored(task.id, lines[0])).done)).toBe(1);

  const row = await inbox(lead, task.number);
  await expect(row).toContainText("Marko Ilić worked without a network");
  await expect(row).toContainText(`2 ${lines[0].uom} taken`);
  await row.getByTestId("exception-accept").click();
  await settled(task.id, lines[0], 3);
  await expect(row).toHaveCount(0);
  await marko.context().close();
});

test("work that a lead rejects counts for nothing and stays in the document's history", async ({ lead, browser }) => {
  const { task, lines, marko, back } = await cutOff(lead, browser, workable);
  await pickTimes(marko, lines[0], 1);
  // The lead gives the task away while the device cannot hear it.
  await give(lead, task.id, { worker: "jelena" });
  await back();
  await expect(marko.getByTestId("review-act")).toBeVisible({ timeout: 20_000 });
  const row = await inbox(lead, task.number);
  await row.getByTestId("exception-reject").click();
  await expect(row).toHaveCount(0);
  expect(Number((await stored(task.id, lines[0])).done)).toBe(0);
  await open(lead, `/admin/dispatches/${task.document_id}`);
  await expect(lead.getByText("not accepted").first()).toBeVisible();
  await marko.context().close();
});

test("a document edited in the ERP meanwhile asks the worker instead of losing the pick", async ({ lead, browser }) => {
  test.slow();
  const { task, lines, marko, back } = await cutOff(lead, browser, workable);
  await pickTimes(marko, lines[0], 3);
  const answer = await fetch(`${process.env.CROSSDOCK_SIMULATOR}/_order`, {
    method: "POST", headers: { "content-type": "application/json" },
    body: JSON.stringify({ number: task.number, code: lines[0].item_code, quantity: "2" }),
  });
  expect(answer.status).toBe(204);
  await sync("issue");
  expect(Number((await stored(task.id, lines[0])).requested)).toBe(2);

  await back();
  // Two fit; the third asks, and stays until it is answered.
  await expect(marko.getByTestId("refused-act")).toContainText("Confirm", { timeout: 20_000 });
  await settled(task.id, lines[0], 2);
  await expect(marko.getByTestId("refused-count")).toHaveText("1 refused");
  await marko.getByTestId("confirm-refused").click();
  await settled(task.id, lines[0], 3);
  await marko.context().close();
});

test("a server killed in mid-replay, and 300 acts, count once each", async ({ lead, browser }) => {
  test.slow();
  const { task, lines, marko } = await given(lead, browser, workable);
  await cut(marko);
  await fill(marko, task.id, lines[0], 300);
  let batches = 0;
  let died: Promise<void> | undefined;
  await marko.route("**/api/v1/operations/batch", async (route) => {
    batches += 1;
    if (batches > 1) { await route.continue(); return; }
    // The server dies while it works on the first, and nobody hears what it did of it.
    const sent = route.fetch().catch(() => undefined);
    died = new Promise<void>((after) => setTimeout(after, 60)).then(() => control("kill"));
    await died;
    await sent;
    await route.abort();
  });
  await marko.context().setOffline(false);
  await expect.poll(() => died !== undefined, { timeout: 30_000 }).toBe(true);
  await died;
  expect((await keptActs(marko)).filter(({ state }) => state === "waiting")).toHaveLength(300);
  await control("start");
  await allSent(marko);
  await expect.poll(async () => (await keptActs(marko)).filter(({ state }) => state === "waiting").length, { timeout: 60_000 }).toBe(0);
  await settled(task.id, lines[0], 300);
  await marko.context().close();
});

test("500 queued acts are sent at once and counted once, with the connection cut again and again", async ({ lead, browser }) => {
  test.slow();
  const { task, lines, marko } = await given(lead, browser, workable);
  await cut(marko);
  await fill(marko, task.id, lines[0], 500);
  let calls = 0;
  await marko.route("**/api/v1/operations/batch", async (route) => {
    calls += 1;
    // Every other time the answer is lost, or the request is.
    if (calls % 4 === 1) { await route.abort(); return; }
    if (calls % 4 === 3) { await route.fetch(); await route.abort(); return; }
    await route.continue();
  });
  await marko.context().setOffline(false);
  await expect.poll(async () => {
    // As an impatient worker does.
    await marko.getByTestId("outgoing").click({ timeout: 500 }).catch(() => undefined);
    await marko.getByTestId("retry").click({ timeout: 500 }).catch(() => undefined);
    return (await keptActs(marko)).filter(({ state }) => state === "waiting").length;
  }, { timeout: 120_000 }).toBe(0);
  await settled(task.id, lines[0], 500);
  await marko.context().close();
});

test("a new build deployed meanwhile is offered, and the work that waits survives taking it", async ({ lead, browser }) => {
  test.slow();
  const worker = join(process.env.CROSSDOCK_SITE_ROOT!, "floor", "worker.js");
  const before = readFileSync(worker, "utf8");
  const { task, lines } = await freshTask(workable);
  await give(lead, task.id, { worker: "sara" });
  const sara = await handheld(browser);
  try {
    await start(sara, "sara", task.id);
    await sara.route("**/api/v1/operations/batch", (route) => route.abort());
    await openOffline(sara, task.id);
    await pickTimes(sara, lines[0], 2);
    await expect.poll(async () => (await keptActs(sara)).length).toBe(2);
    writeFileSync(worker, before.replace(/const BUILD = "([^"]+)"/, 'const BUILD = "next-$1"'));
    await sara.evaluate(() => (globalThis as any).crossdock.lookForBuild());
    // The running page goes on with what it has.
    await pickTimes(sara, lines[0], 1);
    await sara.getByTestId("back").click();
    await expect(sara.getByTestId("update-ready")).toBeVisible({ timeout: 20_000 });
    await expect(waiting(sara)).toHaveText("3 waiting");
    // Also while the page is fetching, which would keep the older worker busy.
    await sara.evaluate(() => {
      const until = Date.now() + 4_000;
      const fetches = async () => { while (Date.now() < until) await fetch("/api/v1/session").then((answer) => answer.text()).catch(() => {}); };
      for (let lane = 0; lane < 3; lane += 1) void fetches();
    });
    const reloaded = sara.waitForEvent("load", { timeout: 40_000 });
    await sara.getByTestId("update").click();
    await reloaded;
    await expect(waiting(sara)).toHaveText("3 waiting");
    await expect.poll(() => sara.evaluate(() => caches.keys()), { timeout: 30_000 }).toEqual([expect.stringContaining("floor-next-")]);
    await sara.unroute("**/api/v1/operations/batch");
    await allSent(sara);
    await settled(task.id, lines[0], 3);
  } finally {
    writeFileSync(worker, before);
    await sara.context().close();
  }
});
