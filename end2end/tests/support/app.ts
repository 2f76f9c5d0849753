import AxeBuilder from "@axe-core/playwright";
import { test as base, expect, type Browser, type Locator, type Page } from "@playwright/test";
import { call, password, type Login } from "./api";

export { expect };

/** "Within a second"; on a build machine that does much else, what tells a push from the next reading of a page. */
export const A_SECOND = process.env.CI ? 10_000 : 1_000;

const SIZES = {
  office: { width: 1440, height: 900 },
  handheld: { width: 480, height: 800 },
  tv: { width: 1920, height: 1080 },
};

/** Opens a page and waits until it can be used. */
export async function open(page: Page, path: string): Promise<void> {
  await page.goto(path);
  await ready(page);
}

/** Waits until scripts run on the page. */
export const ready = (page: Page) => page.locator("html[data-hydrated]").waitFor({ state: "attached" });

/** Waits until the page hears of changes. Pages without such a sign are given none. */
export const linked = (page: Page) =>
  expect(page.getByTestId("link-state")).toHaveAttribute("data-state", "live");

/** Text of an element by its test name. */
export const text = async (page: Page | Locator, name: string) =>
  (await page.getByTestId(name).first().innerText()).trim();

async function signInByHand(page: Page, login: Login): Promise<void> {
  await open(page, "/login");
  await page.getByTestId("login").fill(login);
  await page.getByTestId("password").fill(password);
  await page.getByTestId("sign-in").click();
  await page.waitForURL((url) => !url.pathname.startsWith("/login"));
}

type State = Awaited<ReturnType<ReturnType<Page["context"]>["storageState"]>>;
const states = new Map<Login, State>();

async function signedIn(browser: Browser, login: Login, viewport: { width: number; height: number }) {
  if (!states.has(login)) {
    const context = await browser.newContext({ viewport });
    const page = await context.newPage();
    await signInByHand(page, login);
    states.set(login, await context.storageState());
    await context.close();
  }
  const context = await browser.newContext({
    viewport, storageState: states.get(login), hasTouch: viewport === SIZES.handheld,
  });
  return context.newPage();
}

/** What the browser complained about. */
function complaints(page: Page): string[] {
  const heard: string[] = [];
  page.on("pageerror", (error) => heard.push(`error on ${page.url()}: ${error.message}`));
  page.on("console", (message) => {
    // A panic is told in its first lines; the rest are addresses.
    const told = message.text().split("\n").slice(0, 2).join(" ");
    if (message.type() === "error" && heard.length < 5) heard.push(`console of ${page.url()}: ${told}`);
  });
  return heard;
}

interface Fixtures {
  admin: Page; lead: Page; marko: Page; jelena: Page; tv: Page;
  /** Whether the spec causes failed requests, which browsers complain about. */
  troubled: boolean;
  /** The server runs again, whatever became of a spec that stopped it. */
  up: void;
}

const person = (login: Login, viewport: { width: number; height: number }) =>
  async ({ browser, troubled }: { browser: Browser; troubled: boolean }, use: (page: Page) => Promise<void>) => {
    const page = await signedIn(browser, login, viewport);
    const heard = complaints(page);
    await use(page);
    await page.context().close();
    const real = heard.filter((line) => !troubled || /panicked|unreachable|hydration/i.test(line));
    expect(real, `${login}'s browser complained`).toEqual([]);
  };

/** Pages of people who are signed in, each in a browser context of its own. */
export const test = base.extend<Fixtures>({
  troubled: [false, { option: true }],
  up: [async ({}, use) => {
    await use();
    await control("start");
  }, { auto: true }],
  admin: person("ana", SIZES.office),
  lead: person("luka", SIZES.office),
  marko: person("marko", SIZES.handheld),
  jelena: person("jelena", SIZES.handheld),
  tv: person("tv", SIZES.tv),
});

/** Calls what the page itself calls, as who is signed in on it. */
export async function ask<T>(page: Page, path: string, data: unknown): Promise<T> {
  const origin = new URL(process.env.CROSSDOCK_URL!).origin;
  const answer = await page.request.post(`/api/fn/${path}`, { data, headers: { origin } });
  expect(answer.ok(), `${path}: ${answer.status()} ${await answer.text()}`).toBe(true);
  return answer.json();
}

/** Gives a task away as the lead, without clicking. */
export async function give(lead: Page, taskId: number, to: { worker: Login } | { team: string }): Promise<void> {
  const workers = () => ask<{ id: number; login: string }[]>(lead, "users/workers", {});
  const teams = () => ask<{ id: number; name: string }[]>(lead, "teams/list", {});
  const wanted = "worker" in to
    ? { to: "worker", id: (await workers()).find((user) => user.login === to.worker)!.id }
    : { to: "team", id: (await teams()).find((team) => team.name === to.team)!.id };
  await ask(lead, "tasks/assign", { id: taskId, to: wanted });
}

/** Serious accessibility faults of the page, as a readable list. */
export async function faults(page: Page): Promise<string[]> {
  const axe = new AxeBuilder({ page }).options({
    runOnly: { type: "tag", values: ["wcag2a", "wcag2aa", "wcag21aa", "wcag22aa"] },
    // What passes is not told, and is most of it.
    resultTypes: ["violations"],
  });
  // No page holds a frame of somebody else's: results need no page of their own to be put together on.
  const found = await axe.setLegacyMode().analyze();
  return found.violations.map(({ id, nodes }) => `${id}: ${nodes.slice(0, 3).map((node) => node.html.slice(0, 160)).join(" | ")}`);
}

export const control = async (what: "stop" | "kill" | "start") => {
  const answer = await fetch(`${process.env.CROSSDOCK_CONTROL}/${what}`);
  expect(answer.status, `${what}: ${await answer.text()}`).toBe(204);
};

/** Runs `crossdock` with those arguments beside the server. */
export const command = async (...arguments_: string[]) => {
  const answer = await fetch(`${process.env.CROSSDOCK_CONTROL}/command`, { method: "POST", body: JSON.stringify(arguments_) });
  expect(answer.status, `crossdock ${arguments_.join(" ")}: ${await answer.text()}`).toBe(204);
};

/** The team both workers belong to. */
export const team = "Alfa";
export { call };
