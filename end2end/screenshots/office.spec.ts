import type { Page } from "@playwright/test";
import { execFileSync } from "node:child_process";
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { data, password } from "../tests/support/api";
import { command, expect, open, test } from "../tests/support/app";

// Every office page as three companies see it: the demo after a working day, one that is fresh, and
// one of a million document lines. CROSSDOCK_ROWS_DOCUMENTS makes the last one smaller.
const pictures = `${process.env.CROSSDOCK_RESULTS}/office`;
const companies = [
  { name: "demo", login: "ana" },
  { name: "empty", login: "nora" },
  { name: "many", login: "mila" },
];
/** How long an answer may take, ms. */
const PATIENCE = Number(process.env.CROSSDOCK_PAGE_MS ?? 300);

test.beforeAll(async () => {
  test.setTimeout(900_000);
  await data();
  await command("seed", "--demo", "--work");
  const psql = (...more: string[]) => execFileSync("psql", [process.env.DATABASE_URL!, "-qAt", ...more], { encoding: "utf8" });
  // A failed test begins anew with this.
  if (psql("-c", "set crossdock.system = 'on'", "-c", "select count(*) from users where login = 'mila'").trim() !== "0") return;
  const documents = process.env.CROSSDOCK_ROWS_DOCUMENTS ?? "20000";
  psql("-v", `documents=${documents}`, "-v", "lines=50", "-f", join(test.info().project.testDir, "rows.sql"));
  await command("kpis", "--rebuild");
});

async function signIn(page: Page, login: string) {
  await open(page, "/login");
  await page.getByTestId("login").fill(login);
  await page.getByTestId("password").fill(password);
  await page.getByTestId("sign-in").click();
  await page.waitForURL((url) => !url.pathname.startsWith("/login"));
}

interface Found { page: string; what: string }

/** Remembers the answers that took too long. */
function watch(page: Page, where: () => string): Found[] {
  const slow: Found[] = [];
  page.on("requestfinished", (request) => {
    const { responseStart, requestStart } = request.timing();
    const took = Math.round(responseStart - requestStart);
    if (took > PATIENCE) slow.push({ page: where(), what: `${took} ms ${request.method()} ${new URL(request.url()).pathname}` });
  });
  return slow;
}

/** Boxes that scroll sideways, and cells whose text is cut without a way to read it. */
const cramped = (page: Page) => page.evaluate(() => {
  const named = (element: Element) => element.getAttribute("data-testid") ?? element.className.toString().slice(0, 60);
  return [...document.querySelectorAll("main, main *")]
    .filter((element) => element.scrollWidth > element.clientWidth + 1 && /auto|scroll/.test(getComputedStyle(element).overflowX))
    .map((element) => `scrolls sideways: ${named(element)} ${element.scrollWidth} > ${element.clientWidth}`);
});

/** The pages of the navigation, and behind each list its first row. */
async function places(page: Page): Promise<string[]> {
  await open(page, "/admin");
  const links = await page.locator("nav[aria-label=Main] a").evaluateAll((all) => all.map((link) => link.getAttribute("href")!));
  return [...new Set(links)].filter((path) => path.startsWith("/admin"));
}

for (const { name, login } of companies) {
  for (const theme of ["light", "dark"]) {
    test(`the office of the ${name} company in ${theme}`, async ({ browser }) => {
      test.setTimeout(600_000);
      const context = await browser.newContext({ viewport: { width: 1440, height: 900 } });
      await context.addCookies([{ name: "theme", value: theme, url: process.env.CROSSDOCK_URL! }]);
      const page = await context.newPage();
      await signIn(page, login);
      let now = "";
      const slow = watch(page, () => now);
      const found: Found[] = [];
      const folder = `${pictures}/${name}-${theme}`;
      mkdirSync(folder, { recursive: true });
      const take = async (path: string) => {
        now = path;
        await open(page, path);
        await expect(page.locator("main [aria-busy=true]")).toHaveCount(0, { timeout: 30_000 });
        found.push(...(await cramped(page)).map((what) => ({ page: path, what })));
        await page.screenshot({ path: `${folder}/${path.slice(1).replace(/[/?&=]/g, "-")}.png` });
      };
      const details: string[] = [];
      for (const path of await places(page)) {
        await take(path);
        const first = page.locator(`main tbody a[href^="${path}/"]`).first();
        if (path !== "/admin" && (await first.count()) > 0) details.push((await first.getAttribute("href"))!);
      }
      for (const path of [...details, "/admin/users/roles", "/admin/why?q=85123A", "/admin/tasks?view=done", "/admin/dispatches?q=nothing+fits", "/admin/exceptions?view=closed"]) await take(path);
      writeFileSync(`${folder}/found.json`, JSON.stringify({ slow, found }, null, 1));
      await context.close();
      expect([...slow, ...found].map(({ page: path, what }) => `${path}: ${what}`)).toEqual([]);
    });
  }
}
