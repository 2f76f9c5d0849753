import { act, asks, base, call, data, figures, freshTask, whole } from "../support/api";
import { control, expect, give, linked, open, test } from "../support/app";
import type { Browser, Page } from "@playwright/test";

interface Kpi { kpi: string; numerator: string; denominator: string | null; value: string | null }
interface Report { figures: Kpi[] }

const SIZE = { width: 1920, height: 1080 };
const name = () => `Hall ${Math.random().toString(36).slice(2, 8)}`;

/** A TV that nobody knows, in a browser of its own. */
async function unknown(browser: Browser): Promise<{ page: Page; code: string }> {
  const context = await browser.newContext({ viewport: SIZE });
  const page = await context.newPage();
  await open(page, "/board");
  const shown = page.getByTestId("pairing-code");
  await expect(shown).toHaveText(/^[2-9A-Z]{3} [2-9A-Z]{3}$/);
  return { page, code: await shown.innerText() };
}

async function ask<T>(lead: Page, path: string, body: unknown): Promise<T> {
  const answer = await lead.request.post(`/api/fn/${path}`, { data: body, headers: { origin: new URL(base).origin } });
  const text = await answer.text();
  expect(answer.ok(), `${path}: ${answer.status()} ${text}`).toBe(true);
  return JSON.parse(text);
}

/** The same, paired without clicking. */
async function paired(browser: Browser, lead: Page, plan: Record<string, unknown> = {}): Promise<{ page: Page; id: number }> {
  const { page, code } = await unknown(browser);
  const { warehouses } = await ask<{ warehouses: { id: number }[] }>(lead, "session/who", {});
  const id = await ask<number>(lead, "screens/pair", {
    code, plan: { name: name(), warehouse_id: warehouses[0].id, boards: ["shift"], rotate_seconds: 20, names: "full", ...plan },
  });
  await expect(page.getByTestId("board-clock")).toHaveText(/\d\d:\d\d:\d\d/, { timeout: 15_000 });
  await linked(page);
  return { page, id };
}

test.beforeAll(data);

test("an unknown screen shows a code, what to do with it and nothing else, is paired by it, and shows nothing once revoked", async ({ browser, lead }) => {
  const { page, code } = await unknown(browser);
  await page.getByTestId("language").evaluate((list) => { list.hidden = true; });
  const help = (await page.getByTestId("pairing-help").innerText()).trim();
  expect(help).toContain("A lead enters this code in the office under Boards");
  expect((await page.locator("body").innerText()).trim().split(/\n+/)).toEqual([code, help]);

  await open(lead, "/admin/boards");
  await lead.getByTestId("pair-screen").click();
  const hall = name();
  await lead.getByTestId("screen-name").fill(hall);
  await lead.getByTestId("screen-code").fill(code.toLowerCase().replace(" ", "-"));
  await lead.getByTestId("screen-save").click();
  const row = lead.getByTestId("screen-row").filter({ hasText: hall });
  await expect(row).toContainText("Paired");

  await expect(page.getByTestId("board-clock")).toHaveText(/\d\d:\d\d:\d\d/, { timeout: 15_000 });
  const cookie = (await page.context().cookies()).find((one) => one.name === "crossdock");
  expect(cookie?.httpOnly, "scripts cannot read the screen's token").toBe(true);
  const refused = await page.request.post("/api/fn/documents/list", {
    data: { kind: "dispatch", filter: {} }, headers: { origin: new URL(base).origin },
  });
  expect(refused.status(), "a screen reads boards only").toBe(403);

  await row.getByTestId("screen-revoke").click();
  await lead.getByTestId("confirm-yes").click();
  await expect(row).toContainText("Revoked");
  await expect(page.getByTestId("pairing-code")).toBeVisible({ timeout: 60_000 });
  expect(await page.locator("body").innerText()).not.toContain("Lines");
  await page.context().close();
});

test.describe("a code that no screen shows", () => {
  // Browsers note the refusal on the console.
  test.use({ troubled: true });

  test("is told in the form, where it stays", async ({ lead }) => {
    await open(lead, "/admin/boards");
    await lead.getByTestId("pair-screen").click();
    await lead.getByTestId("screen-name").fill(name());
    await lead.getByTestId("screen-code").fill("nothing shows this");
    await lead.getByTestId("screen-save").click();
    await expect(lead.getByTestId("screen-wrong")).toContainText("No screen shows this code now.");
    await expect(lead.getByTestId("toast")).toHaveCount(0);
  });
});

test("a screen without names shows nobody's", async ({ browser, lead }) => {
  const { task, lines } = await freshTask((found) => found.length >= 1 && found.every(whole));
  await give(lead, task.id, { worker: "marko" });
  await act("marko", task.id, { do: "pick", line_id: lines[0].id, quantity: String(asks(lines[0])), scanned: null, over_confirmed: false });
  const { page } = await paired(browser, lead, { names: "hidden" });
  await expect(page.getByTestId("leader-row").first()).toBeVisible();
  await expect(page.getByTestId("leader-row").filter({ hasText: "Marko" })).toHaveCount(0);
  await page.context().close();
});

test("boards take turns", async ({ browser, lead }) => {
  test.slow();
  const { page } = await paired(browser, lead, { boards: ["shift", "throughput", "quality", "connections"], rotate_seconds: 5 });
  for (const board of ["throughput", "quality", "connections", "shift"]) {
    await expect(page.getByTestId(`slot-${board}`)).toBeVisible({ timeout: process.env.CI ? 30_000 : 15_000 });
  }
  await page.context().close();
});

test("the charts of the quality board fill their cards, in letters for a hall", async ({ tv }) => {
  const { warehouse_id: site } = await call<{ warehouse_id: number }>("luka", "session");
  await open(tv, `/board/${site}?show=quality`);
  const charts = tv.getByTestId("slot-quality").locator("svg[role=img]");
  await expect(charts).toHaveCount(2);
  const sizes = await charts.evaluateAll((all) => all.map((chart) => {
    const drawn = (chart as SVGSVGElement).viewBox.baseVal;
    const box = chart.getBoundingClientRect();
    const scale = Math.min(box.width / drawn.width, box.height / drawn.height);
    const letters = Number(chart.querySelector("text")!.getAttribute("font-size")) * scale;
    return { fills: (drawn.width * drawn.height * scale * scale) / (box.width * box.height), letters };
  }));
  for (const { fills, letters } of sizes) {
    expect(fills, "share of the card that the chart takes").toBeGreaterThan(0.75);
    expect(letters, "pixels of a figure's height").toBeGreaterThan(20);
  }
});

test("the screen, the KPI page and the API show the same figures after each act", async ({ browser, lead, admin }) => {
  const { task, lines } = await freshTask((found) => found.length >= 2 && found.length <= 8 && found.every(whole));
  await give(lead, task.id, { worker: "marko" });
  const { page } = await paired(browser, lead);
  await open(admin, "/admin/kpis");
  await expect(admin.getByTestId("link-state")).toHaveText("Live");
  const acts = [
    { do: "pick", line_id: lines[0].id, quantity: String(asks(lines[0])), scanned: null, over_confirmed: false },
    { do: "short", line_id: lines[1].id, reason: "damaged", text: null },
    { do: "finish", partial_confirmed: true },
  ];
  for (const action of acts) {
    expect((await act("marko", task.id, action)).outcome.outcome).toBe("accepted");
    const { figures: kpis } = await call<Report>("tv", "kpis");
    const of = (kpi: string) => Number(kpis.find((one) => one.kpi === kpi)!.value);
    const board = await figures();
    expect(of("lines")).toBe(board.lines_picked);
    expect(of("quantity")).toBe(Number(board.quantity_picked));
    expect(of("documents")).toBe(board.documents_done + board.documents_partial);
    const number = (text: string) => Number(text.replaceAll(",", ""));
    const shown = async (from: Page, id: string) => number(await from.getByTestId(id).innerText());
    // Sooner than a board reads by itself: it was told.
    await expect.poll(() => shown(page, "board-lines")).toBe(of("lines"));
    for (const kpi of ["lines", "documents", "shortages"]) {
      await expect.poll(() => shown(admin, `value-${kpi}`)).toBe(of(kpi));
    }
  }
  await admin.getByTestId("kpi-documents").click();
  const detail = admin.getByTestId("kpi-detail");
  await expect(detail).toContainText("Documents finished");
  for (const told of ["Formula", "Left out", "Freshness"]) await expect(detail).toContainText(told);
  await expect(detail.getByTestId("kpi-row").filter({ hasText: task.number })).toBeVisible();
  await page.context().close();
});

test.describe("when the network goes away", () => {
  test.use({ troubled: true });

  test("a screen dims, says how old its figures are, and goes on without a reload when it is back", async ({ browser, lead }) => {
    test.slow();
    const { page } = await paired(browser, lead, { boards: ["shift"], rotate_seconds: 600 });
    await page.evaluate(() => { (window as unknown as { kept: boolean }).kept = true; });
    const shown = page.getByTestId("board-figures");
    await expect(shown).toHaveAttribute("data-behind", "false");
    await page.context().setOffline(true);
    await expect(shown).toHaveAttribute("data-behind", "true", { timeout: 45_000 });
    await expect(page.getByTestId("link-state")).toContainText(/Figures from \d\d:\d\d:\d\d/);
    await page.context().setOffline(false);
    await expect(shown).toHaveAttribute("data-behind", "false", { timeout: 60_000 });
    await linked(page);
    expect(await page.evaluate(() => (window as unknown as { kept?: boolean }).kept), "no reload").toBe(true);
    await page.context().close();
  });
});

test.describe("when the server goes away", () => {
  test.use({ troubled: true });

  test("a screen dims, says how old its figures are, and goes on as itself after the restart", async ({ browser, lead }) => {
    test.slow();
    const { page } = await paired(browser, lead, { boards: ["shift", "quality"], rotate_seconds: 600 });
    const shown = page.getByTestId("board-figures");
    await expect(shown).toHaveAttribute("data-behind", "false");
    await control("stop");
    await expect(shown).toHaveAttribute("data-behind", "true", { timeout: 45_000 });
    await expect(page.getByTestId("link-state")).toContainText(/Figures from \d\d:\d\d:\d\d/);
    await control("start");
    await expect(shown).toHaveAttribute("data-behind", "false", { timeout: 60_000 });
    await expect(page.getByTestId("pairing-code")).toHaveCount(0);
    await page.context().close();
  });
});
