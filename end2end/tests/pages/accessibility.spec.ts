import type { Page } from "@playwright/test";
import { data, freshTask } from "../support/api";
import { expect, faults, give, linked, open, test } from "../support/app";
import { scan, work } from "../support/floor";

test.beforeAll(data);

/** Pages behind the navigation, so that a new page is looked at by itself. */
async function pages(page: Page): Promise<string[]> {
  await open(page, "/admin");
  const links = await page.locator("nav[aria-label=Main] a").evaluateAll((all) => all.map((link) => link.getAttribute("href")!));
  return [...new Set(links)].filter((path) => path !== "/board");
}

for (const theme of ["light", "dark"]) {
  test(`every page of the navigation is accessible and fits the screen in ${theme}`, async ({ admin }) => {
    test.setTimeout(300_000);
    await admin.context().addCookies([{ name: "theme", value: theme, url: process.env.CROSSDOCK_URL! }]);
    const found: string[] = [];
    for (const path of [...await pages(admin), "/admin/why?q=85123A", "/admin/users/roles"]) {
      await open(admin, path);
      await expect(admin.locator("main h1")).toBeVisible();
      // The style guide shows what waiting looks like.
      if (path !== "/styleguide") await expect(admin.locator("main [aria-busy=true]")).toHaveCount(0);
      expect(await admin.locator("html").getAttribute("data-theme"), path).toBe(theme);
      found.push(...(await faults(admin)).map((fault) => `${path}: ${fault}`));
      const over = await admin.evaluate(() => {
        const wide = (element: Element) => element.scrollWidth > element.clientWidth + 1;
        const parts = [document.documentElement, document.querySelector("main")!, ...document.querySelectorAll("main .overflow-x-auto")];
        return parts.filter(wide).length;
      });
      if (over > 0) found.push(`${path}: scrolls sideways`);
    }
    expect(found).toEqual([]);
  });
}

test("the sign-in page has no serious accessibility fault", async ({ page }) => {
  await open(page, "/login");
  expect(await faults(page)).toEqual([]);
});

test("the handheld's pages have no serious accessibility fault", async ({ lead, marko }) => {
  const { task } = await freshTask((lines) => lines.length >= 2);
  await give(lead, task.id, { worker: "marko" });
  await open(marko, "/floor");
  await expect(marko.getByTestId("task-row").first()).toBeVisible();
  expect(await faults(marko)).toEqual([]);
  await work(marko, task.id);
  expect(await faults(marko)).toEqual([]);
  await marko.getByTestId("short").click();
  expect(await faults(marko)).toEqual([]);
  await open(marko, "/floor/scanner");
  await scan(marko, "01040063813339311727123110L7");
  await expect(marko.getByTestId("understood")).toBeVisible();
  expect(await faults(marko)).toEqual([]);
});

test("the board has no serious accessibility fault", async ({ tv }) => {
  await open(tv, "/board");
  await linked(tv);
  expect(await faults(tv)).toEqual([]);
});
