import type { Page } from "@playwright/test";
import { act, asks, call, freshTask, whole } from "../tests/support/api";
import { expect, give, linked, open, test } from "../tests/support/app";
import { goTo, scan } from "../tests/support/floor";

// The floor and the boards in every language, light and dark, for eyes; and what eyes may miss: texts that are cut
// off, and pages that scroll sideways.
const all = `${process.env.CROSSDOCK_RESULTS}/languages`;
const LANGUAGES = ["en", "sr", "pl", "ru", "es"];
const COLOURS = ["light", "dark"] as const;

const speak = (page: Page, language: string) =>
  page.context().addCookies([{ name: "language", value: language, url: process.env.CROSSDOCK_URL! }]);

/** Texts that do not fit where they stand, and whether the page is wider than the screen. */
async function misfits(page: Page): Promise<string[]> {
  return page.evaluate(() => {
    const cut = [...document.querySelectorAll("body *")].filter((one) => {
      const style = getComputedStyle(one);
      const hides = style.overflowX !== "visible" && style.overflowX !== "auto" && style.overflowX !== "scroll";
      const reads = one.textContent!.trim() !== "" && style.visibility === "visible" && !one.closest("[hidden], .sr-only");
      return reads && hides && one.clientWidth > 1 && one.scrollWidth > one.clientWidth + 1;
    }).map((one) => `cut off: ${one.textContent!.trim().slice(0, 60)}`);
    const wide = document.documentElement.scrollWidth > window.innerWidth ? ["the page scrolls sideways"] : [];
    return [...new Set([...cut, ...wide])];
  });
}

for (const language of LANGUAGES) {
  test(`the handheld in ${language}`, async ({ lead, marko }) => {
    test.setTimeout(180_000);
    const found: string[] = [];
    const { task, lines } = await freshTask((some) => some.length >= 3 && some.length <= 8 && some.every(whole) && some.every((line) => asks(line) > 2));
    await give(lead, task.id, { worker: "marko" });
    await act("marko", task.id, { do: "pick", line_id: lines[1].id, quantity: "1", scanned: null, over_confirmed: false });
    await speak(marko, language);
    const shoot = async (name: string, colours: string) => {
      await marko.screenshot({ path: `${all}/floor-${name}-${language}-${colours}.png` });
      for (const misfit of await misfits(marko)) found.push(`${name}: ${misfit}`);
    };
    for (const colours of COLOURS) {
      await marko.emulateMedia({ colorScheme: colours });
      await open(marko, "/floor");
      await expect(marko.getByTestId("task-row").first()).toBeVisible();
      await shoot("tasks", colours);
      await open(marko, `/floor/tasks/${task.id}`);
      await expect(marko.getByTestId("instruction")).toBeVisible();
      await goTo(marko, lines[0]);
      await shoot("instruction", colours);
      for (const [button, name] of [["enter-quantity", "quantity"], ["short", "short"], ["lines", "lines"], ["type-code", "type-code"], ["finish", "finish"]]) {
        await marko.getByTestId(button).click();
        await marko.getByTestId("close-sheet").waitFor();
        await shoot(name, colours);
        await marko.getByTestId("close-sheet").click();
      }
      await scan(marko, "0000000000000");
      await expect(marko.getByTestId("refusal")).toBeVisible();
      await shoot("wrong-scan", colours);
      await marko.getByTestId("acknowledge").click();
      for (const page of ["put-away", "count", "look-up", "scanner"]) {
        await open(marko, `/floor/${page}`);
        await linked(marko);
        if (page === "look-up") await scan(marko, lines[0].item_code);
        if (page === "scanner") await scan(marko, "01040063813339311727123110L7");
        await marko.waitForTimeout(500);
        await shoot(page, colours);
      }
    }
    const stranger = await marko.context().browser()!.newContext({ viewport: { width: 480, height: 800 } });
    const page = await stranger.newPage();
    await speak(page, language);
    await open(page, "/floor");
    await page.getByTestId("floor-sign-in").waitFor();
    await page.screenshot({ path: `${all}/floor-sign-in-${language}-light.png` });
    for (const misfit of await misfits(page)) found.push(`sign-in: ${misfit}`);
    await stranger.close();
    expect([...new Set(found)]).toEqual([]);
  });

  test(`the boards in ${language}`, async ({ tv }) => {
    const found: string[] = [];
    const { warehouse_id: site } = await call<{ warehouse_id: number }>("tv", "session");
    await speak(tv, language);
    for (const colours of COLOURS) {
      for (const board of ["shift", "throughput", "quality", "connections"]) {
        await open(tv, `/board/${site}?show=${board}&colours=${colours}`);
        await expect(tv.getByTestId("board-clock")).toHaveText(/\d/);
        await tv.screenshot({ path: `${all}/board-${board}-${language}-${colours}.png` });
        for (const misfit of await misfits(tv)) found.push(`${board}: ${misfit}`);
      }
    }
    expect([...new Set(found)]).toEqual([]);
  });
}
