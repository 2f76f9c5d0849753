import { call, freshTask, whole } from "./support/api";
import { expect, faults, give, linked, open, ready, test } from "./support/app";
import { cut, handheld, openOffline, signIn, start } from "./support/handheld";
import type { Page } from "@playwright/test";

/** Chooses a language, and waits until the server keeps it for the person. */
async function chosen(page: Page, language: string): Promise<void> {
  await page.getByTestId("language").selectOption(language);
  await expect.poll(async () => {
    const cookies = await page.context().cookies();
    const value = (wanted: string) => cookies.find(({ name }) => name === wanted)?.value ?? "";
    return value("language").startsWith(`${language}.`) && value("language_noted") === value("language");
  }, { message: `${language} is noted` }).toBe(true);
}

test.describe("without a network", () => {
  test.use({ troubled: true });

  test("a handheld speaks the language that was chosen on it, also after a cold start offline", async ({ lead, browser }) => {
    const { task } = await freshTask((lines) => lines.length >= 2 && lines.every(whole));
    await give(lead, task.id, { worker: "marko" });
    const marko = await handheld(browser);
    await start(marko, "marko", task.id);

    await marko.getByTestId("language").selectOption("sr");
    await expect(marko.getByRole("heading", { name: "Moji nalozi" })).toBeVisible();
    await expect(marko.locator("html")).toHaveAttribute("lang", "sr-Latn");

    const back = await cut(marko);
    await marko.reload();
    await ready(marko);
    await expect(marko.getByRole("heading", { name: "Moji nalozi" })).toBeVisible();
    await openOffline(marko, task.id);
    await expect(marko.getByTestId("enter-quantity")).toHaveText("Unesi količinu");
    await expect(marko.getByTestId("instruction")).toContainText("za izdavanje");

    // Another one can be chosen without a network: the words of all of them are on the device.
    await marko.getByTestId("back").click();
    await marko.getByTestId("language").selectOption("ru");
    await expect(marko.getByRole("heading", { name: "Мои задания" })).toBeVisible();
    await back();
    await chosen(marko, "en");
    await expect(marko.getByRole("heading", { name: "My tasks" })).toBeVisible();
    await marko.context().close();
  });
});

test("a language chosen on one handheld is spoken by the next one its person signs in on", async ({ browser }) => {
  const first = await handheld(browser);
  await open(first, "/floor");
  await signIn(first, "jelena");
  await chosen(first, "es");
  await first.context().close();

  const next = await handheld(browser);
  await open(next, "/floor");
  await expect(next.getByTestId("sign-in")).toHaveText("Sign in");
  await signIn(next, "jelena");
  await expect(next.getByRole("heading", { name: "Mis tareas" })).toBeVisible();
  await chosen(next, "en");
  await next.context().close();
});

test("a language chosen where somebody signs in is not that of the one who locked the device", async ({ browser }) => {
  const device = await handheld(browser);
  await start(device, "marko");
  await device.getByTestId("lock").click();
  await device.getByTestId("pin").fill("4711");
  await device.getByTestId("pin-enter").click();
  await expect(device.getByTestId("lock")).toHaveText("Lock");
  await device.getByTestId("lock").click();
  const signInPage = async () => {
    for (let tries = 0; tries < 6 && !(await device.getByTestId("sign-in-again").isVisible()); tries += 1) {
      await device.getByTestId("pin").fill(String(1000 + tries));
      await device.getByTestId("pin-enter").click();
      await expect(device.getByTestId("pin-problem")).not.toBeEmpty();
    }
    await device.getByTestId("sign-in-again").click();
  };
  await signInPage();
  await device.getByTestId("language").selectOption("es");
  await expect(device.locator("html")).toHaveAttribute("lang", "es");
  await ready(device);

  const other = await handheld(browser);
  await start(other, "marko");
  await expect(other.getByRole("heading", { name: "My tasks" })).toBeVisible();
  await other.context().close();

  await signInPage();
  await signIn(device, "jelena");
  await expect(device.getByRole("heading", { name: "Mis tareas" })).toBeVisible();
  await chosen(device, "en");
  await device.context().close();
});

test("nothing on the handheld is cut off in any language", async ({ lead, marko }) => {
  const { task } = await freshTask((lines) => lines.length >= 2 && lines.every(whole));
  await give(lead, task.id, { worker: "marko" });
  for (const language of ["sr", "pl", "ru", "es"]) {
    await marko.context().addCookies([{ name: "language", value: language, url: process.env.CROSSDOCK_URL! }]);
    await open(marko, `/floor/tasks/${task.id}`);
    await expect(marko.getByTestId("instruction")).toBeVisible();
    const cut = await marko.evaluate(() => [...document.querySelectorAll("button, a")]
      .filter((one) => one.scrollWidth > one.clientWidth + 1)
      .map((one) => `${(one as HTMLElement).dataset.testid}: ${one.textContent}`));
    expect(cut, language).toEqual([]);
    expect(await marko.evaluate(() => document.documentElement.scrollWidth), language).toBeLessThanOrEqual(480);
  }
});

test("a board is read in Russian", async ({ tv }) => {
  await tv.context().addCookies([{ name: "language", value: "ru", url: process.env.CROSSDOCK_URL! }]);
  await open(tv, "/board");
  await linked(tv);
  await expect(tv.locator("html")).toHaveAttribute("lang", "ru");
  await expect(tv.getByTestId("board-hours")).toContainText("Строк в час");
  await expect(tv.getByTestId("board")).toContainText("Отобрано строк сегодня");
});

test("Russian is written in the app's own letters, not in the system's", async ({ tv }) => {
  await tv.context().addCookies([{ name: "language", value: "ru", url: process.env.CROSSDOCK_URL! }]);
  await open(tv, "/board");
  const loaded = () => tv.evaluate(() => [...document.fonts]
    .filter((face) => face.family.includes("Inter") && face.status === "loaded")
    .map((face) => face.unicodeRange.toLowerCase()));
  await expect.poll(async () => (await loaded()).some((range) => /u\+0?400-0?45f/.test(range))).toBe(true);
});

test("no tile of the board says less than its whole name in any language", async ({ tv }) => {
  for (const language of ["en", "sr", "pl", "ru", "es"]) {
    await tv.context().addCookies([{ name: "language", value: language, url: process.env.CROSSDOCK_URL! }]);
    await open(tv, "/board");
    await expect(tv.getByTestId("tile-label")).toHaveCount(6);
    const cut = await tv.getByTestId("tile-label").evaluateAll((labels) => labels
      .filter((label) => label.scrollWidth > label.clientWidth + 1)
      .map((label) => label.textContent));
    expect(cut, language).toEqual([]);
  }
});

test("no heading of the shift and the quality board is cut off in any language", async ({ tv }) => {
  const site = (await call<{ warehouse_id: number }>("luka", "session")).warehouse_id;
  for (const language of ["en", "sr", "pl", "ru", "es"]) {
    await tv.context().addCookies([{ name: "language", value: language, url: process.env.CROSSDOCK_URL! }]);
    for (const board of ["shift", "quality"]) {
      await open(tv, `/board/${site}?show=${board}`);
      const slot = tv.getByTestId(`slot-${board}`);
      await expect(slot.getByTestId("whole").first()).toBeVisible();
      const cut = await slot.getByTestId("whole").evaluateAll((all) => all
        .filter((one) => one.scrollWidth > one.clientWidth + 1)
        .map((one) => one.textContent));
      expect(cut, `${board} in ${language}`).toEqual([]);
    }
  }
});

test("the office is read in Polish once it was chosen in its header", async ({ admin }) => {
  await open(admin, "/admin/dispatches");
  await admin.getByTestId("language").selectOption("pl");
  await ready(admin);
  await expect(admin.getByRole("heading", { name: "Wydania" })).toBeVisible();
  await expect(admin.locator("html")).toHaveAttribute("lang", "pl");
  await expect(admin.getByTestId("nav-tasks")).toContainText("Zadania");
  await admin.getByTestId("nav-users").click();
  await expect(admin.getByRole("heading", { name: "Użytkownicy" })).toBeVisible();
  expect(await faults(admin)).toEqual([]);
  await chosen(admin, "en");
});
