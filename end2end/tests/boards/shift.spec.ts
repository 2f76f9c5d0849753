import { act, asks, data, figures, freshTask, whole, type Figures } from "../support/api";
import { A_SECOND, control, expect, give, linked, open, test } from "../support/app";
import type { Page } from "@playwright/test";

const grouped = (text: string) => {
  const [integer, fraction] = text.split(".");
  const kept = (fraction ?? "").replace(/0+$/, "");
  return integer.replace(/\B(?=(\d{3})+$)/g, ",") + (kept && `.${kept}`);
};

const expected = (figure: Figures) => ({
  lines: grouped(String(figure.lines_picked)),
  quantity: grouped(String(figure.quantity_picked)),
  open: grouped(String(figure.documents_open)),
  partial: grouped(String(figure.documents_partial)),
  done: grouped(String(figure.documents_done)),
  coverage: figure.coverage_lines_erp > 0
    ? `${(Math.round((figure.coverage_lines_wms * 1000) / figure.coverage_lines_erp) / 10).toFixed(1)} %` : "–",
});

const shown = async (page: Page, prefix: "board" | "figure") => {
  const read = async (name: string) => (await page.getByTestId(`${prefix}-${name}`).innerText()).trim();
  return {
    lines: await read("lines"), quantity: await read("quantity"), open: await read("open"),
    partial: await read("partial"), done: await read("done"), coverage: await read("coverage"),
  };
};

test.beforeAll(data);

test("the board, the office and the API show the same figures within a second of each act", async ({ tv, lead, admin }) => {
  const { task, lines } = await freshTask((found) => found.length >= 3 && found.length <= 8 && found.every(whole));
  await give(lead, task.id, { worker: "marko" });
  await open(tv, "/board");
  await linked(tv);
  await open(admin, "/admin");
  await expect(admin.getByTestId("figure-lines")).toBeVisible();

  const acts = [
    { do: "pick", line_id: lines[0].id, quantity: String(asks(lines[0])), scanned: null, over_confirmed: false },
    { do: "pick", line_id: lines[1].id, quantity: "1", scanned: null, over_confirmed: asks(lines[1]) < 1 },
    { do: "short", line_id: lines[2].id, reason: "not_found", text: null },
    { do: "finish", partial_confirmed: true },
  ];
  for (const action of acts) {
    const { outcome } = await act("marko", task.id, action);
    expect(outcome.outcome, JSON.stringify(action)).toBe("accepted");
    const wanted = expected(await figures());
    await expect.poll(() => shown(tv, "board"), { timeout: A_SECOND, intervals: [50] }).toEqual(wanted);
    await expect.poll(() => shown(admin, "figure"), { timeout: 2 * A_SECOND, intervals: [50] }).toEqual(wanted);
  }
  expect((await figures()).documents_partial).toBeGreaterThan(0);
  await expect(tv.getByTestId("board-coverage-note")).toHaveText("7 days");
  for (const name of Object.keys(expected(await figures()))) {
    const over = await tv.getByTestId(`board-${name}`).evaluate((shown) => shown.scrollWidth - shown.clientWidth);
    expect(over, `pixels by which ${name} leaves its card's margin`).toBeLessThanOrEqual(0);
  }
  await expect(tv.getByTestId("leader-row").filter({ hasText: "Marko Ilić" })).toBeVisible();
  const teamRow = tv.getByTestId("team-row").filter({ hasText: "Alfa" });
  await expect(teamRow.getByTestId("team-shifts")).toHaveText(/\S \d/);
});

test("the board names the shifts and counts down", async ({ tv }) => {
  await open(tv, "/board");
  await expect(tv.getByTestId("board-shifts")).toContainText(/Working|Break|Up next|No more shifts today/);
  const clock = tv.getByTestId("board-clock");
  const before = await clock.innerText();
  await expect(clock).not.toHaveText(before, { timeout: 65_000 });
});

test.describe("when the server goes away", () => {
  test.use({ troubled: true });

  test("the board says so, comes back by itself and shows what happened meanwhile", async ({ tv, lead }) => {
    test.slow();
    const { task, lines } = await freshTask((found) => found.length >= 2 && found.every(whole));
    await give(lead, task.id, { worker: "marko" });
    await open(tv, "/board");
    await linked(tv);
    await tv.evaluate(() => { (window as unknown as { kept: boolean }).kept = true; });
    await control("stop");
    await expect(tv.getByTestId("link-state")).not.toHaveAttribute("data-state", "live", { timeout: 15_000 });
    await control("start");
    await act("marko", task.id, { do: "pick", line_id: lines[0].id, quantity: "1", scanned: null, over_confirmed: asks(lines[0]) < 1 });
    await linked(tv).catch(() => undefined);
    await expect.poll(async () => (await shown(tv, "board")).lines, { timeout: 45_000 })
      .toBe(expected(await figures()).lines);
    await expect(tv.getByTestId("link-state")).toHaveAttribute("data-state", "live", { timeout: 45_000 });
    expect(await tv.evaluate(() => (window as unknown as { kept?: boolean }).kept), "no reload").toBe(true);
  });
});
