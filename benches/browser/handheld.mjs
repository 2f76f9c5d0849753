// The handheld in a real browser, slowed down as a cheap device on a mobile network is. Told what to do by one
// argument, JSON: { url, login, password, tasks, task, right, wrong, firsts, laters, scans }. What it found goes to
// the output as JSON, what it is doing to the error output.
import { existsSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { chromium, request } from "@playwright/test";

const wanted = JSON.parse(process.argv[2]);
const SLOWDOWN = 4;
const SLOW = { offline: false, latency: 150, downloadThroughput: 1_600_000 / 8, uploadThroughput: 750_000 / 8 };
// More than anything here may take; what takes longer ends the bench.
const PATIENCE_MS = 90_000;
// Between two keys of a scanner, and between the answer to a scan and the next one.
const KEY_GAP_MS = 4;
const SCAN_GAP_MS = 150;
// A browser that has just started still has work of its own.
const SETTLE_MS = 1_500;
const GREEN = "bg-emerald-500";
const RED = "bg-red-600";

const ARGUMENTS = [
  "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
  "--disable-background-networking", "--disable-component-update", "--disable-sync",
];
const executablePath = [process.env.CHROMIUM_PATH, "/usr/bin/chromium", "/usr/bin/google-chrome"]
  .find((path) => path && existsSync(path));

const pause = (milliseconds) => new Promise((resolve) => setTimeout(resolve, milliseconds));
const say = (text) => process.stderr.write(`handheld: ${text}\n`);

function demand(holds, words) {
  if (!holds) throw new Error(words);
}

function patiently(work, words) {
  let timer;
  const late = new Promise((_, reject) => { timer = setTimeout(() => reject(new Error(`${words}: not within ${PATIENCE_MS} ms`)), PATIENCE_MS); });
  return Promise.race([work, late]).finally(() => clearTimeout(timer));
}

async function until(holds, words) {
  const waited = async () => { while (!(await holds())) await pause(100); };
  await patiently(waited(), words);
}

/** Runs in the page before its own scripts: its clocks stop what is measured, nobody asks it meanwhile. */
function watch() {
  // The next frame is on the screen when the first message after it is handled.
  const painted = () => new Promise((resolve) => requestAnimationFrame(() => {
    const channel = new MessageChannel();
    channel.port1.onmessage = () => resolve(performance.now());
    channel.port2.postMessage(null);
  }));
  const once = (look, options) => new Promise((resolve) => {
    const tell = () => {
      if (!look()) return false;
      observer.disconnect();
      resolve();
      return true;
    };
    const observer = new MutationObserver(tell);
    if (!tell()) observer.observe(document, { childList: true, subtree: true, attributes: true, ...options });
  });
  const find = (name) => document.querySelector(`[data-testid=${name}]`);
  const colour = () => [...(find("flash")?.classList ?? [])].find((one) => one.startsWith("bg-"));
  let entered = 0;
  // The browser's own moment of the key, before any script heard of it.
  addEventListener("keydown", (event) => { if (event.key === "Enter") entered = event.timeStamp; }, { capture: true });
  globalThis.benchListShown = once(
    () => document.documentElement?.hasAttribute("data-hydrated") && find("task-row")?.getClientRects().length > 0,
    { attributeFilter: ["data-hydrated"] },
  ).then(painted);
  globalThis.benchCalm = () => once(() => !colour() && !find("refusal"), { attributeFilter: ["class"] });
  // Called before the scan; the answer is the colour, and for what is refused its screen as well.
  globalThis.benchListen = () => {
    entered = 0;
    const told = () => entered > 0 && colour() && (colour() !== "bg-red-600" || find("refusal"));
    globalThis.benchScan = once(told, { attributeFilter: ["class"] }).then(async () => {
      const said = colour();
      return { took: (await painted()) - entered, said };
    });
  };
}

/**
 * A page with its slow processor, and its slow network unless it has none, in a browser that was started for it.
 * What a device keeps lies in `profile`, so that page, service worker and the browser's own caches are cold.
 */
async function open(profile, path, { offline = false, cookies = [] } = {}) {
  const context = await chromium.launchPersistentContext(profile, {
    executablePath, args: ARGUMENTS,
    viewport: { width: 480, height: 800 }, hasTouch: true, locale: "en-GB", timezoneId: "Europe/Belgrade",
  });
  await context.addCookies(cookies);
  await context.setOffline(offline);
  const [page] = context.pages();
  const cdp = await context.newCDPSession(page);
  await page.addInitScript(watch);
  await cdp.send("Network.enable");
  // As over HTTPS, which is how a handheld gets the page.
  await cdp.send("Network.setExtraHTTPHeaders", { headers: { "Accept-Encoding": "gzip, deflate, br" } });
  if (!offline) await cdp.send("Network.emulateNetworkConditions", SLOW);
  const slowDown = () => cdp.send("Emulation.setCPUThrottlingRate", { rate: SLOWDOWN });
  await slowDown();
  const loaded = heardLoads(cdp);
  await pause(SETTLE_MS);
  await page.goto(wanted.url + path, { waitUntil: "commit", timeout: PATIENCE_MS });
  // The page may have got a process of its own on the way.
  await slowDown();
  return { context, page, cdp, loaded };
}

/** What the page loads: bytes on the wire, and how the module came. */
function heardLoads(cdp) {
  const loaded = { bytes: 0, encoding: "none" };
  cdp.on("Network.responseReceived", ({ response }) => {
    if (!response.url.endsWith(".wasm")) return;
    const header = Object.entries(response.headers).find(([name]) => name.toLowerCase() === "content-encoding");
    loaded.encoding = header?.[1] ?? "none";
  });
  cdp.on("Network.loadingFinished", ({ encodedDataLength }) => { loaded.bytes += encodedDataLength; });
  return loaded;
}

const listShown = (page) => patiently(page.evaluate(() => globalThis.benchListShown), "the list of tasks");

/** Whether the service worker answered for the page. */
const byWorker = (page) => page.evaluate(() => performance.getEntriesByType("navigation")[0].workerStart > 0);

async function firstVisit(profile, cookies) {
  const opened = await open(profile, "/floor", { cookies });
  const took = await listShown(opened.page);
  const { bytes, encoding } = opened.loaded;
  demand(!(await byWorker(opened.page)), "a first visit came from a service worker");
  return { opened, took, bytes, encoding };
}

/** Waits until the device holds the page and all tasks with their lines. */
async function kept({ page }) {
  await until(() => page.evaluate(async (tasks) => {
    const held = await globalThis.crossdock.below("tasks", "");
    return Boolean(navigator.serviceWorker.controller) && held.length >= tasks;
  }, wanted.tasks), "the page and the tasks on the device");
}

async function laterVisits(profile, offline) {
  const all = [];
  for (let visit = 0; visit < wanted.laters; visit += 1) {
    const opened = await open(profile, "/floor", { offline });
    all.push(await listShown(opened.page));
    demand(await byWorker(opened.page), "a later visit did not come from the service worker");
    await opened.context.close();
  }
  return all;
}

/** How much slower the page's processor really is. */
async function slowdown({ page, cdp }) {
  const shortest = () => page.evaluate(() => {
    const spans = [];
    for (let round = 0; round < 9; round += 1) {
      const from = performance.now();
      let mixed = round;
      for (let turn = 0; turn < 4_000_000; turn += 1) mixed = (Math.imul(mixed, 31) + turn) | 0;
      spans.push(performance.now() - from);
      // Somebody wants it, so it is worked out.
      globalThis.benchMixed = mixed;
    }
    // The first rounds are those of a function that is not compiled yet.
    return spans.slice(3).sort((one, other) => one - other)[2];
  });
  const slow = await shortest();
  await cdp.send("Emulation.setCPUThrottlingRate", { rate: 1 });
  const quick = await shortest();
  await cdp.send("Emulation.setCPUThrottlingRate", { rate: SLOWDOWN });
  return slow / quick;
}

/** Keys as a scanner presses them: the next does not wait for what the page does with the last. */
async function type(cdp, code) {
  const pressed = [];
  const press = (key, named, number, text) => {
    const one = { key, code: named, windowsVirtualKeyCode: number };
    pressed.push(cdp.send("Input.dispatchKeyEvent", { ...one, type: "keyDown", text }));
    pressed.push(cdp.send("Input.dispatchKeyEvent", { ...one, type: "keyUp" }));
  };
  for (const digit of code) {
    press(digit, `Digit${digit}`, digit.charCodeAt(0), digit);
    await pause(KEY_GAP_MS);
  }
  press("Enter", "Enter", 13, "\r");
  await Promise.all(pressed);
}

async function scan({ page, cdp }, code, colour) {
  await page.evaluate(() => globalThis.benchListen());
  await type(cdp, code);
  const { took, said } = await patiently(page.evaluate(() => globalThis.benchScan), `an answer to ${code}`);
  demand(said === colour, `${code} was answered by ${said}, not by ${colour}`);
  if (colour === RED) await page.evaluate(() => document.querySelector("[data-testid=acknowledge]").click());
  await patiently(page.evaluate(() => globalThis.benchCalm()), "the end of an answer");
  await pause(SCAN_GAP_MS);
  return took;
}

/** Right and wrong codes in turn on one task. */
async function scans(profile, offline) {
  const opened = await open(profile, `/floor/tasks/${wanted.task}`, { offline });
  await opened.page.getByTestId("instruction").waitFor({ timeout: PATIENCE_MS });
  await until(async () => {
    const state = await opened.page.getByTestId("link-state").getAttribute("data-state");
    return (state === "live") !== offline;
  }, "the state of the link");
  const picks = () => opened.page.evaluate(async () => (await globalThis.crossdock.acts()).length);
  const before = await picks();
  // The first tells the page that this scanner ends its codes with Enter.
  await scan(opened, wanted.right, GREEN);
  const took = { green: [], red: [] };
  for (let turn = 0; turn < wanted.scans / 2; turn += 1) {
    took.green.push(await scan(opened, wanted.right, GREEN));
    took.red.push(await scan(opened, wanted.wrong, RED));
  }
  const scanned = before + took.green.length + 1;
  await until(async () => (await picks()) >= scanned, "an act on the device for each right code");
  demand((await picks()) === scanned, "a right code became two acts");
  await opened.context.close();
  return took;
}

async function signedIn() {
  const context = await request.newContext();
  const answer = await context.post(`${wanted.url}/api/fn/session/sign_in`, {
    data: { login: wanted.login, password: wanted.password },
    headers: { origin: wanted.url, accept: "application/json" },
  });
  demand(answer.ok(), `signing in was answered by ${answer.status()}`);
  const { cookies } = await context.storageState();
  await context.dispose();
  // A profile keeps no cookie that ends with its browser.
  const tomorrow = Math.floor(Date.now() / 1000) + 86_400;
  return cookies.map((cookie) => (cookie.expires > 0 ? cookie : { ...cookie, expires: tomorrow }));
}

async function measure(profiles) {
  const cookies = await signedIn();
  const firsts = [];
  let last;
  let profile;
  for (let visit = 1; visit <= wanted.firsts; visit += 1) {
    say(`first visit ${visit} of ${wanted.firsts}`);
    await last?.opened.context.close();
    profile = join(profiles, `${visit}`);
    last = await firstVisit(profile, cookies);
    firsts.push(last.took);
  }
  const { opened, bytes, encoding } = last;
  const browser = opened.context.browser().version();
  await kept(opened);
  const slower = await slowdown(opened);
  await opened.context.close();
  say("later visits");
  const laters = { online: await laterVisits(profile, false), offline: await laterVisits(profile, true) };
  say("scans");
  const scanned = { online: await scans(profile, false), offline: await scans(profile, true) };
  return { browser, slowdown: slower, bytes, encoding, firsts, laters, scans: scanned };
}

const profiles = await mkdtemp(join(tmpdir(), "handheld-"));
try {
  process.stdout.write(JSON.stringify(await measure(profiles)));
} finally {
  await rm(profiles, { recursive: true, force: true });
}
