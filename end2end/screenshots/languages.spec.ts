import type { Page } from "@playwright/test";
import { readFileSync } from "node:fs";
import { act, asks, freshTask, whole } from "../tests/support/api";
import { ask, expect, give, linked, open, test } from "../tests/support/app";
import { goTo, scan } from "../tests/support/floor";

// The floor and the boards in every language, light and dark, for eyes; and what eyes may miss: texts that are cut
// off or stand out of their buttons, texts in English, and pages that scroll sideways.
const all = `${process.env.CROSSDOCK_RESULTS}/languages`;
const LANGUAGES = ["en", "sr", "pl", "ru", "es"];
const COLOURS = ["light", "dark"] as const;

const speak = (page: Page, language: string) =>
  page.context().addCookies([{ name: "language", value: language, url: process.env.CROSSDOCK_URL! }]);

/** English texts that read otherwise in a language, and are no text of it. */
function foreign(language: string): string[] {
  if (language === "en") return [];
  const sheets: Record<string, Record<string, unknown>> = JSON.parse(readFileSync(`${__dirname}/../../app/src/words/${language}.json`, "utf8"));
  const texts = Object.values(sheets).flatMap((sheet) => Object.entries(sheet));
  const own = new Set(texts.map(([, said]) => said));
  return texts.map(([english]) => english).filter((english) => !own.has(english));
}

/** Texts that do not fit where they stand or are not translated, and whether the page is wider than the screen. */
async function misfits(page: Page, language: string): Promise<string[]> {
  return page.evaluate((untranslated) => {
    const shown = (one: Element) => one.clientWidth > 1 && getComputedStyle(one).visibility === "visible" && !one.closest("[hidden], .sr-only");
    const say = (what: string, of: (string | null)[]) => of.map((text) => `${what}: ${text!.trim().slice(0, 60)}`);
    const every = [...document.querySelectorAll("body *")].filter((one) => shown(one) && one.textContent!.trim() !== "");
    const hides = (overflow: string) => !["visible", "auto", "scroll"].includes(overflow);
    const cut = every.filter((one) => {
      const style = getComputedStyle(one);
      // Names of goods and partners end after so many lines; the shift's name gives way to countdowns.
      const ends = style.webkitLineClamp !== "none" || one.matches("[data-testid=shift], [data-testid=other-shifts]");
      const below = one.scrollHeight - one.clientHeight > parseFloat(style.fontSize) / 2;
      return (hides(style.overflowX) && one.scrollWidth > one.clientWidth + 1) || (hides(style.overflowY) && below && !ends);
    });
    const out = every.filter((one) => one.matches("button, a")).filter((one) => {
      const text = document.createRange();
      text.selectNodeContents(one);
      const [inner, outer] = [text.getBoundingClientRect(), one.getBoundingClientRect()];
      return inner.left < outer.left - 1 || inner.right > outer.right + 1 || inner.top < outer.top - 1 || inner.bottom > outer.bottom + 1;
    });
    const pen = document.createElement("canvas").getContext("2d")!;
    const faint = [...document.querySelectorAll("input")].filter((field) => {
      const [style, text] = [getComputedStyle(field), getComputedStyle(field, "::placeholder")];
      pen.font = `${text.fontWeight} ${text.fontSize} ${text.fontFamily}`;
      const room = field.clientWidth - parseFloat(style.paddingLeft) - parseFloat(style.paddingRight);
      return shown(field) && field.placeholder !== "" && pen.measureText(field.placeholder).width > room;
    });
    const texts = every.flatMap((one) => [...one.childNodes]).filter((node) => node.nodeType === Node.TEXT_NODE);
    const english = texts.filter((node) => untranslated.includes(node.textContent!.trim()));
    const wide = document.documentElement.scrollWidth > window.innerWidth ? ["the page scrolls sideways"] : [];
    return [...new Set([
      ...say("cut off", cut.map((one) => one.textContent)),
      ...say("stands out of its button", out.map((one) => one.textContent)),
      ...say("cut off", faint.map((field) => field.placeholder)),
      ...say("in English", english.map((node) => node.textContent)),
      ...wide,
    ])];
  }, foreign(language));
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
      for (const misfit of await misfits(marko, language)) found.push(`${name}: ${misfit}`);
    };
    for (const colours of COLOURS) {
      await marko.emulateMedia({ colorScheme: colours });
      await open(marko, "/floor");
      await expect(marko.getByTestId("task-row").first()).toBeVisible();
      await shoot("tasks", colours);
      await marko.getByTestId("sign-out").scrollIntoViewIfNeeded();
      await shoot("tasks-end", colours);
      await marko.getByTestId("outgoing").click();
      await marko.getByTestId("close-sheet").waitFor();
      await shoot("outgoing", colours);
      await marko.getByTestId("close-sheet").click();
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
      await marko.getByTestId("lines").click();
      await marko.getByTestId("trouble").click();
      await marko.getByTestId("reason-text").waitFor();
      await shoot("trouble", colours);
      await marko.getByTestId("close-sheet").click();
      await scan(marko, "0000000000000");
      await expect(marko.getByTestId("refusal")).toBeVisible();
      await expect(marko.getByTestId("flash")).toHaveClass("hidden");
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
    for (const misfit of await misfits(page, language)) found.push(`sign-in: ${misfit}`);
    await stranger.close();
    expect([...new Set(found)]).toEqual([]);
  });

  test(`the boards in ${language}`, async ({ tv }) => {
    const found: string[] = [];
    const { warehouses } = await ask<{ warehouses: { id: number }[] }>(tv, "session/who", {});
    await speak(tv, language);
    for (const colours of COLOURS) {
      for (const board of ["shift", "throughput", "quality", "connections"]) {
        await open(tv, `/board/${warehouses[0].id}?show=${board}&colours=${colours}`);
        await expect(tv.getByTestId("board-clock")).toHaveText(/\d/);
        await tv.screenshot({ path: `${all}/board-${board}-${language}-${colours}.png` });
        for (const misfit of await misfits(tv, language)) found.push(`${board}: ${misfit}`);
      }
    }
    expect([...new Set(found)]).toEqual([]);
  });
}
