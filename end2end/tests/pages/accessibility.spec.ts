import type { Page } from "@playwright/test";
import { act, call, data, freshTask, setUpShelves, whole } from "../support/api";
import { expect, faults, give, linked, open, test } from "../support/app";
import { scan, work } from "../support/floor";
import { handheld } from "../support/handheld";

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

for (const theme of ["light", "dark"]) {
  test(`list, task, put-away, count, look-up, lock and sign-in of the handheld are accessible in ${theme}`, async ({ browser, lead, marko }) => {
    test.slow();
    const cookie = { name: "theme", value: theme, url: process.env.CROSSDOCK_URL! };
    const found: string[] = [];
    const look = async (page: Page, name: string) => {
      expect(await page.locator("html").getAttribute("data-theme"), name).toBe(theme);
      found.push(...(await faults(page)).map((fault) => `${name}: ${fault}`));
    };
    await setUpShelves();
    const { task, lines } = await freshTask((all) => all.length >= 2 && all.every(whole), "receipt");
    await give(lead, task.id, { worker: "marko" });
    await act("marko", task.id, { do: "pick", line_id: lines[0].id, quantity: lines[0].requested, scanned: null, over_confirmed: false });
    await marko.context().addCookies([cookie]);
    await open(marko, "/floor");
    await expect(marko.locator(`[data-testid=task-row][data-task="${task.id}"]`)).toBeVisible();
    await look(marko, "list");
    await work(marko, task.id);
    await look(marko, "task");
    await open(marko, "/floor/put-away");
    await expect(marko.getByTestId("item-code")).toBeVisible();
    await look(marko, "put-away");
    await open(marko, "/floor/count");
    await expect(marko.getByTestId("item-code").or(marko.getByTestId("nothing-along"))).toBeVisible();
    await look(marko, "count");
    await open(marko, "/floor/look-up");
    await marko.getByTestId("scan-input").waitFor();
    await scan(marko, lines[0].item_code);
    await expect(marko.getByTestId("looked-up")).toBeVisible();
    await expect(marko.getByTestId("flash")).toHaveClass("hidden");
    await look(marko, "look-up");
    await open(marko, "/floor");
    await marko.getByTestId("lock").click();
    await marko.getByTestId("pin").fill("4711");
    await look(marko, "setting a PIN");
    await marko.getByTestId("pin-enter").click();
    await expect(marko.getByTestId("lock")).toHaveText("Lock");
    await marko.getByTestId("lock").click();
    await expect(marko.getByTestId("locked")).toBeVisible();
    await look(marko, "locked");
    const nobody = await handheld(browser);
    await nobody.context().addCookies([cookie]);
    await open(nobody, "/floor");
    await expect(nobody.getByTestId("floor-sign-in")).toBeVisible();
    await look(nobody, "sign-in");
    await nobody.context().close();
    expect(found).toEqual([]);
  });

  test(`every board is accessible in ${theme}`, async ({ tv }) => {
    const { warehouse_id: site } = await call<{ warehouse_id: number }>("luka", "session");
    const found: string[] = [];
    for (const board of ["shift", "throughput", "quality", "connections"]) {
      await open(tv, `/board/${site}?show=${board}&colours=${theme}`);
      await expect(tv.getByTestId("board-clock")).toHaveText(/\d/);
      await expect(tv.getByTestId(`slot-${board}`)).toBeVisible();
      expect(await tv.locator(".board-face").getAttribute("data-theme"), board).toBe(theme);
      found.push(...(await faults(tv)).map((fault) => `${board}: ${fault}`));
    }
    expect(found).toEqual([]);
  });
}
