// The handheld in a real browser, slowed down as a cheap device on a mobile network is. Told what to do by one
// argument, JSON: { url, login, password, tasks, task, right, wrong, firsts, laters, scans }. What it found goes to
// the output as JSON, what it is doing to the error output.
import { existsSync } from "node:fs";
import { chromium } from "@playwright/test";

const wanted = JSON.parse(process.argv[2]);
const SLOWDOWN = 4;
const SLOW = { offline: false, latency: 150, downloadThroughput: 1_600_000 / 8, uploadThroughput: 750_000 / 8 };
// More than anything here may take; what takes longer ends the bench.
const PATIENCE_MS = 90_000;
// Between two keys of a scanner, and between the answer to a scan and the next one.
const KEY_GAP_MS = 4;
const SCAN_GAP_MS = 150;
const GREEN = "bg-emerald-500";
const RED = "bg-red-600";

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

/** A page of the context with its slow processor, and its slow network unless the context has none. */
async function open(context, path, offline = false) {
  const page = await context.newPage();
  const cdp = await context.newCDPSession(page);
  await page.addInitScript(watch);
  await cdp.send("Network.enable");
  // As over HTTPS, which is how a handheld gets the page.
  await cdp.send("Network.setExtraHTTPHeaders", { headers: { "Accept-Encoding": "gzip, deflate, br" } });
  if (!offline) await cdp.send("Network.emulateNetworkConditions", SLOW);
  const slowDown = () => cdp.send("Emulation.setCPUThrottlingRate", { rate: SLOWDOWN });
  await slowDown();
  const loaded = heardLoads(cdp);
  await page.goto(wanted.url + path, { waitUntil: "commit", timeout: PATIENCE_MS });
  // The page may have got a process of its own on the way.
  await slowDown();
  return { page, cdp, loaded };
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

async function firstVisit(browser, state) {
  const context = await browser.newContext({
    storageState: state, viewport: { width: 480, height: 800 }, hasTouch: true, locale: "en-GB", timezoneId: "Europe/Belgrade",
  });
  const opened = await open(context, "/floor");
  const took = await listShown(opened.page);
  const { bytes, encoding } = opened.loaded;
  demand(!(await byWorker(opened.page)), "a first visit came from a service worker");
  return { context, opened, took, bytes, encoding };
}

/** Waits until the device holds the page and all tasks with their lines. */
async function kept({ page }) {
  await until(() => page.evaluate(async (tasks) => {
    const held = await globalThis.crossdock.below("tasks", "");
    return Boolean(navigator.serviceWorker.controller) && held.length >= tasks;
  }, wanted.tasks), "the page and the tasks on the device");
}

/** Closes the page and then ends the service worker, so that the next visit has to start both. */
async function close(context, { page }) {
  await page.close();
  const blank = await context.newPage();
  const cdp = await context.newCDPSession(blank);
  await cdp.send("ServiceWorker.enable");
  await cdp.send("ServiceWorker.stopAllWorkers");
  await blank.close();
}

async function laterVisits(context, offline) {
  await context.setOffline(offline);
  const all = [];
  for (let visit = 0; visit < wanted.laters; visit += 1) {
    const opened = await open(context, "/floor", offline);
    all.push(await listShown(opened.page));
    demand(await byWorker(opened.page), "a later visit did not come from the service worker");
    await close(context, opened);
  }
  await context.setOffline(false);
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
async function scans(context, offline) {
  await context.setOffline(offline);
  const opened = await open(context, `/floor/tasks/${wanted.task}`, offline);
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
  await close(context, opened);
  await context.setOffline(false);
  return took;
}

async function signedIn(browser) {
  const context = await browser.newContext();
  const answer = await context.request.post(`${wanted.url}/api/fn/session/sign_in`, {
    data: { login: wanted.login, password: wanted.password },
    headers: { origin: wanted.url, accept: "application/json" },
  });
  demand(answer.ok(), `signing in was answered by ${answer.status()}`);
  const state = await context.storageState();
  await context.close();
  return state;
}

async function measure(browser) {
  const state = await signedIn(browser);
  const firsts = [];
  let last;
  for (let visit = 1; visit <= wanted.firsts; visit += 1) {
    say(`first visit ${visit} of ${wanted.firsts}`);
    await last?.context.close();
    last = await firstVisit(browser, state);
    firsts.push(last.took);
  }
  const { context, opened, bytes, encoding } = last;
  await kept(opened);
  const slower = await slowdown(opened);
  await close(context, opened);
  say("later visits");
  const laters = { online: await laterVisits(context, false), offline: await laterVisits(context, true) };
  say("scans");
  const scanned = { online: await scans(context, false), offline: await scans(context, true) };
  return { browser: browser.version(), slowdown: slower, bytes, encoding, firsts, laters, scans: scanned };
}

const executablePath = [process.env.CHROMIUM_PATH, "/usr/bin/chromium", "/usr/bin/google-chrome"]
  .find((path) => path && existsSync(path));
const browser = await chromium.launch({
  executablePath,
  args: [
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
    "--disable-background-networking", "--disable-component-update", "--disable-sync",
  ],
});
try {
  process.stdout.write(JSON.stringify(await measure(browser)));
} finally {
  await browser.close();
}
