import { chromium } from "@playwright/test";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { asks, freshTask, task as read, whole, type Line } from "../support/api";
import { expect, give, ready, test } from "../support/app";
import { enter, goTo, settled, stored, work } from "../support/floor";
import { allSent, cut, cutOff, given, keptActs, kept, openOffline, pickTimes, signIn, start, waiting } from "../support/handheld";

test.use({ troubled: true });

const workable = (lines: Line[]) =>
  lines.length >= 3 && lines.length <= 10 && lines.every(whole) && lines.slice(0, 3).every((line) => asks(line) >= 3 && asks(line) <= 60);

test("a whole task is done without a network: picks, a shortage, undo, finishing; all of it arrives in order", async ({ lead, browser }) => {
  const { task, lines, marko, back } = await cutOff(lead, browser, workable);
  await goTo(marko, lines[0]);
  await enter(marko, String(asks(lines[0])));
  await goTo(marko, lines[1]);
  await enter(marko, "2");
  await marko.getByTestId("undo").click();
  await expect(marko.getByTestId("remaining")).toHaveText(String(asks(lines[1])));
  await enter(marko, "1");
  await marko.getByTestId("short").click();
  await marko.getByTestId("reason-damaged").click();
  await marko.getByTestId("finish").click();
  await marko.getByTestId("confirm-partial").click();
  await expect(marko.getByTestId("finishing")).toContainText("Finished here");
  await marko.getByTestId("to-my-tasks").click();
  await expect(marko.locator(`[data-task="${task.id}"]`)).toContainText("Finished here, not sent yet");
  await expect(waiting(marko)).toHaveText("6 waiting");
  expect(Number((await stored(task.id, lines[0])).done)).toBe(0);

  await back();
  await allSent(marko);
  await settled(task.id, lines[0], asks(lines[0]));
  await settled(task.id, lines[1], 1);
  const found = await read(task.id);
  expect(found.task.state).toBe("done");
  expect(found.task.document_status).toBe("partial");
  expect(found.lines.find(({ id }) => id === lines[1].id)!.reason).toBe("damaged");
  await expect(marko.locator(`[data-task="${task.id}"]`)).toHaveCount(0);
  await marko.context().close();
});

test("the handheld opens without a network after the browser was closed, with the work that waits", async ({ lead }) => {
  test.slow();
  const { task, lines } = await freshTask(workable);
  await give(lead, task.id, { worker: "marko" });
  const profile = mkdtempSync(join(tmpdir(), "crossdock-profile-"));
  const { executablePath, args } = (test.info().project.use.launchOptions ?? {}) as { executablePath?: string; args?: string[] };
  const device = () => chromium.launchPersistentContext(profile, {
    executablePath, args, baseURL: process.env.CROSSDOCK_URL, viewport: { width: 480, height: 800 }, hasTouch: true,
  });
  const before = await device();
  const first = await before.newPage();
  await start(first, "marko", task.id);
  await cut(first);
  await openOffline(first, task.id);
  await pickTimes(first, lines[0], 2);
  await expect(waiting(first)).toHaveText("2 waiting");
  await expect.poll(async () => (await keptActs(first)).length).toBe(2);
  await before.close();

  const after = await device();
  await after.setOffline(true);
  const again = await after.newPage();
  await again.goto(`/floor/tasks/${task.id}`);
  await ready(again);
  await expect(again.getByTestId("worker-name")).toHaveText("Marko Ilić");
  await expect(waiting(again)).toHaveText("2 waiting");
  await goTo(again, lines[0]);
  await expect(again.getByTestId("remaining")).toHaveText(String(asks(lines[0]) - 2));
  await pickTimes(again, lines[0], 1);
  await expect(waiting(again)).toHaveText("3 waiting");
  await after.setOffline(false);
  await allSent(again);
  await settled(task.id, lines[0], 3);
  await after.close();
  rmSync(profile, { recursive: true, force: true });
});

test("a tab that is killed loses nothing", async ({ lead, browser }) => {
  const { task, lines, marko } = await cutOff(lead, browser, workable);
  await pickTimes(marko, lines[0], 2);
  await expect.poll(async () => (await keptActs(marko)).length).toBe(2);
  const devtools = await marko.context().newCDPSession(marko);
  // Never answered: the page that would answer is gone.
  const crashed = marko.waitForEvent("crash");
  void devtools.send("Page.crash").catch(() => undefined);
  await crashed;
  const context = marko.context();
  await marko.close();

  const again = await context.newPage();
  await again.goto(`/floor/tasks/${task.id}`);
  await expect(waiting(again)).toHaveText("2 waiting");
  await context.setOffline(false);
  await allSent(again);
  await settled(task.id, lines[0], 2);
  await context.close();
});

test("a full device says so and refuses new work instead of losing it", async ({ lead, browser }) => {
  const { task, lines, marko, back } = await cutOff(lead, browser, workable);
  await pickTimes(marko, lines[0], 1);
  await expect.poll(async () => (await keptActs(marko)).length).toBe(1);
  // As a browser answers whose disk is full.
  await marko.evaluate(() => {
    const kept = IDBObjectStore.prototype as unknown as { add: unknown; room: unknown };
    kept.room = kept.add;
    kept.add = function full() { throw new DOMException("no room", "QuotaExceededError"); };
  });

  await pickTimes(marko, lines[0], 1);
  await expect(marko.getByTestId("no-room")).toContainText("This device is full");
  await expect(marko.getByTestId("no-room")).toContainText(`NOT recorded: 1 ${lines[0].uom} of ${lines[0].item_code}`);
  await marko.getByTestId("acknowledge").click();
  await expect(marko.getByTestId("remaining")).toHaveText(String(asks(lines[0]) - 1));
  await expect(waiting(marko)).toHaveText("1 waiting");

  await marko.evaluate(() => {
    const kept = IDBObjectStore.prototype as unknown as { add: unknown; room: unknown };
    kept.add = kept.room;
  });
  await back();
  await allSent(marko);
  await pickTimes(marko, lines[0], 1);
  await settled(task.id, lines[0], 2);
  await marko.context().close();
});

test("a device that is too full to note the answer sends again, and it counts once", async ({ lead, browser }) => {
  const { task, lines, marko, back } = await cutOff(lead, browser, workable);
  await pickTimes(marko, lines[0], 2);
  await expect.poll(async () => (await keptActs(marko)).length).toBe(2);
  await marko.evaluate(() => {
    const kept = IDBObjectStore.prototype as unknown as { put: unknown; room: unknown };
    kept.room = kept.put;
    kept.put = function full() { throw new DOMException("no room", "QuotaExceededError"); };
  });
  await back();
  await settled(task.id, lines[0], 2);
  await marko.getByTestId("outgoing").click();
  await expect(marko.getByTestId("trouble")).toContainText("This device is full", { timeout: 20_000 });
  await expect(waiting(marko)).toHaveText("2 waiting");
  await marko.evaluate(() => {
    const kept = IDBObjectStore.prototype as unknown as { put: unknown; room: unknown };
    kept.put = kept.room;
  });
  // It may have been sent by itself in the meantime.
  await marko.getByTestId("retry").click({ timeout: 2_000 }).catch(() => undefined);
  await allSent(marko);
  await settled(task.id, lines[0], 2);
  await marko.context().close();
});

test("a session that expired meanwhile keeps the work until the worker signs in again", async ({ lead, browser }) => {
  const { task, lines, marko, back } = await cutOff(lead, browser, workable);
  await pickTimes(marko, lines[0], 2);
  await marko.context().clearCookies();
  await back();
  await expect(marko.getByTestId("expired")).toBeVisible({ timeout: 20_000 });
  await expect(waiting(marko)).toHaveText("2 waiting");
  await pickTimes(marko, lines[0], 1);
  await expect(waiting(marko)).toHaveText("3 waiting");
  expect(Number((await stored(task.id, lines[0])).done)).toBe(0);

  await marko.getByTestId("expired").click();
  await expect(marko.getByTestId("login")).toHaveValue("marko");
  await signIn(marko, "marko");
  await expect(marko.getByTestId("expired")).toBeHidden();
  await allSent(marko);
  await settled(task.id, lines[0], 3);
  await marko.context().close();
});

test("another worker who signs in on the same device neither sends nor loses the first one's acts", async ({ lead, browser }) => {
  const { task, lines, marko: device, back } = await cutOff(lead, browser, workable, { team: "Alfa" });
  await pickTimes(device, lines[0], 2);
  await expect.poll(async () => (await keptActs(device)).length).toBe(2);
  await device.context().clearCookies();
  await back();
  await device.getByTestId("expired").click({ timeout: 20_000 });
  await device.getByTestId("login").fill("jelena");
  await device.getByTestId("password").fill("demo-crossdock");
  await device.getByTestId("sign-in").click();
  await expect(device.getByTestId("worker-name")).toContainText("Jelena");

  await openOffline(device, task.id);
  await pickTimes(device, lines[1], 1);
  await settled(task.id, lines[1], 1);
  await device.getByTestId("outgoing").click();
  await expect(device.getByTestId("others-wait")).toContainText("2 acts wait here for Marko Ilić");
  expect(Number((await stored(task.id, lines[0])).done)).toBe(0);
  await device.getByTestId("close-sheet").click();

  await allSent(device);
  await device.getByTestId("back").click();
  await device.getByTestId("sign-out").click();
  await expect(device.getByTestId("floor-sign-in")).toBeVisible();
  await signIn(device, "marko");
  await allSent(device);
  await settled(task.id, lines[0], 2);
  const after = await read(task.id);
  const worker = (line: Line) => (after.lines.find(({ id }) => id === line.id) as unknown as { last_worker: string }).last_worker;
  expect(worker(lines[0])).toBe("Marko Ilić");
  expect(worker(lines[1])).toContain("Jelena");
  await device.context().close();
});

test("kept acts of an older version in the browser's storage are taken over and sent", async ({ lead, browser }) => {
  const { task, lines, marko } = await given(lead, browser, workable);
  await marko.evaluate(async ({ taskId, lineId }) => {
    const who = await (globalThis as any).crossdock.get("meta", "who");
    const id = crypto.randomUUID();
    localStorage.setItem(`crossdock.act.${who.user_id}.${id}`, JSON.stringify({
      id, task: taskId, made_at_ms: Date.now(), device: "old", kind: "pick", line: lineId, quantity: "2", scanned: null,
      confirmed: false, reason: "", words: null, undoes: "00000000-0000-0000-0000-000000000000", text: "2", refused: null, asks: false,
    }));
  }, { taskId: task.id, lineId: lines[0].id });
  await marko.reload();
  await settled(task.id, lines[0], 2);
  expect(await marko.evaluate(() => Object.keys(localStorage).filter((key) => key.startsWith("crossdock.act.")))).toEqual([]);
  await marko.context().close();
});

test("the page is installable: manifest, icons, service worker", async ({ marko }) => {
  await start(marko, "marko");
  const manifest = await (await marko.request.get("/manifest.webmanifest")).json();
  expect(manifest).toMatchObject({ start_url: "/floor", scope: "/floor", display: "standalone" });
  for (const { src, sizes, type } of manifest.icons.filter(({ type }: { type: string }) => type === "image/png")) {
    const answer = await marko.request.get(src);
    expect(answer.headers()["content-type"]).toBe(type);
    const side = await marko.evaluate(async (path) => (await createImageBitmap(await (await fetch(path)).blob())).width, src);
    expect(`${side}x${side}`).toBe(sizes);
  }
  await kept(marko);
});
