import { expect, type Browser, type BrowserContext, type Page } from "@playwright/test";
import { freshTask, password, type Line, type Login } from "./api";
import { give, open, ready } from "./app";
import { goTo, label, scan, work } from "./floor";

const SIZE = { width: 480, height: 800 };

/** A handheld of its own: nobody else's session, an empty database. */
export async function handheld(browser: Browser): Promise<Page> {
  const context = await browser.newContext({ viewport: SIZE, hasTouch: true });
  return context.newPage();
}

/** Signs in on the handheld itself. */
export async function signIn(page: Page, login: Login): Promise<void> {
  await page.getByTestId("login").fill(login);
  await page.getByTestId("password").fill(password);
  await page.getByTestId("sign-in").click();
  await expect(page.getByTestId("worker-name")).toBeVisible();
}

/** Opens the list as a person, and waits until the page and all its tasks are kept on the device. */
export async function start(page: Page, login: Login, taskId?: number): Promise<void> {
  await open(page, "/floor");
  await page.getByTestId("floor-sign-in").or(page.getByTestId("worker-name")).first().waitFor();
  if (await page.getByTestId("floor-sign-in").isVisible()) await signIn(page, login);
  if (taskId !== undefined) await page.locator(`[data-task="${taskId}"]`).waitFor();
  await kept(page, taskId);
}

/** Waits until the service worker holds the page, and the device the task. */
export async function kept(page: Page, taskId?: number): Promise<void> {
  await page.evaluate(async () => { await navigator.serviceWorker.ready; });
  await expect.poll(() => page.evaluate(() => Boolean(navigator.serviceWorker.controller))).toBe(true);
  if (taskId === undefined) return;
  await expect.poll(() => page.evaluate(async (id) => {
    const tasks = await (globalThis as any).crossdock.below("tasks", "");
    return tasks.some((kept: any) => kept.task.id === id);
  }, taskId), { message: `task ${taskId} on the device` }).toBe(true);
}

/** Cuts the network; answers a function that brings it back. */
export async function cut(page: Page): Promise<() => Promise<void>> {
  await page.context().setOffline(true);
  await expect(page.getByTestId("link-state")).not.toHaveAttribute("data-state", "live");
  return () => page.context().setOffline(false);
}

/** Scans a line's label as often as told. */
export async function pickTimes(page: Page, line: Line, times: number): Promise<void> {
  await goTo(page, line);
  for (let done = 0; done < times; done += 1) await scan(page, label(line));
}

export const waiting = (page: Page) => page.getByTestId("waiting-count");

/** Everything went out. */
export const allSent = (page: Page) => expect(waiting(page)).toBeHidden({ timeout: 45_000 });

/** Opens a task on a device without a network, by touching it in the list. */
export async function openOffline(page: Page, taskId: number): Promise<void> {
  await page.locator(`[data-task="${taskId}"]`).click();
  await expect(page.getByTestId("instruction").or(page.getByTestId("all-handled"))).toBeVisible();
}

/** A fresh task given to Marko, or to his team, and kept on a handheld where he is signed in. */
export async function given(lead: Page, browser: Browser, fits: (lines: Line[]) => boolean, to: Parameters<typeof give>[2] = { worker: "marko" }) {
  const { task, lines } = await freshTask(fits);
  await give(lead, task.id, to);
  const marko = await handheld(browser);
  await start(marko, "marko", task.id);
  return { task, lines, marko };
}

/** The same, opened without a network; `back` brings the network back. */
export async function cutOff(...[lead, browser, fits, to]: Parameters<typeof given>) {
  const { task, lines, marko } = await given(lead, browser, fits, to);
  const back = await cut(marko);
  await openOffline(marko, task.id);
  return { task, lines, marko, back };
}

/** Acts as the device keeps them. */
export const keptActs = (page: Page) =>
  page.evaluate(async () => (globalThis as any).crossdock.acts()) as Promise<{ id: string; user: number; state: string }[]>;

/** Puts acts on the device as if they had been done without a network. */
export async function fill(page: Page, taskId: number, line: Line, count: number, quantity = "1"): Promise<void> {
  await page.evaluate(async ({ taskId, lineId, count, quantity }) => {
    const device = (globalThis as any).crossdock;
    const who = await device.get("meta", "who");
    for (let at = 0; at < count; at += 1) {
      const id = crypto.randomUUID();
      await device.keep({
        id, user: who.user_id, name: who.name, text: `act ${at}`, state: "waiting", message: "", asks: false, seen: false,
        request: {
          id, task_id: taskId, made_at: new Date(Date.now() - 3_600_000).toISOString(), device: "spec", offline: true,
          action: { do: "pick", line_id: lineId, quantity, scanned: null, over_confirmed: true },
        },
      });
    }
  }, { taskId, lineId: line.id, count, quantity });
}

export { ready, work, type BrowserContext };
