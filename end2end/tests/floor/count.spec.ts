import { act, call, freshTask, whole, type Line, type Login } from "../support/api";
import { ask, expect, open, test } from "../support/app";
import type { Page } from "@playwright/test";

interface Count { item_code: string; location: string; state: string; first: string | null; second: string | null }

const SHELF = "COUNT-01";
const enough = (lines: Line[]) => lines.length >= 1 && lines.length <= 6 && lines.every(whole);

/** Something that lies on a location of its own. */
async function stocked(): Promise<{ site: number; line: Line }> {
  const { warehouse_id: site } = await call<{ warehouse_id: number }>("luka", "session");
  const { rows } = await call<{ rows: { code: string; zone: string }[] }>("luka", `locations?warehouse=${site}`);
  const locations = rows.map(({ code, zone }) => ({ code, zone })).filter(({ code }) => code !== SHELF);
  await call("luka", "locations", { warehouse: site, locations: [...locations, { code: SHELF, zone: "" }] }, "PUT");
  const { task, lines: [line] } = await freshTask(enough, "receipt");
  const { user_id } = await call<{ user_id: number }>("marko", "session");
  await call("luka", `tasks/${task.id}/assignment`, { to: "worker", id: user_id });
  await act("marko", task.id, { do: "pick", line_id: line.id, quantity: "4", scanned: null, over_confirmed: true });
  await act("marko", task.id, { do: "put_away", line_id: line.id, quantity: "4", location: SHELF });
  return { site, line };
}

async function enter(page: Page, line: Line, figure: string): Promise<void> {
  await open(page, "/floor/count");
  while ((await page.getByTestId("item-code").innerText()) !== line.item_code) await page.getByTestId("skip").click();
  await expect(page.getByTestId("remaining")).toBeHidden();
  await page.getByTestId("part-of-it").click();
  for (const digit of figure) await page.getByTestId(`key-${digit}`).click();
  await page.getByTestId("confirm-part").click();
}

const counted = async (login: Login, site: number, line: Line) => {
  const { rows } = await call<{ rows: Count[] }>(login, `counts?warehouse=${site}`);
  return rows.find((row) => row.item_code === line.item_code && row.location === SHELF);
};

test("a count beyond the tolerance is counted again by somebody else, and the lead sees the difference", async ({ lead, marko, jelena }) => {
  const { site, line } = await stocked();
  await open(lead, `/admin/counts?warehouse=${site}`);
  await lead.getByTestId("count-of").fill(SHELF);
  await lead.getByTestId("count-ask").click();
  await expect(lead.getByTestId("count-said")).toContainText("asked for");
  await enter(marko, line, "9");
  await expect.poll(async () => (await counted("luka", site, line))?.state).toBe("again");
  await enter(jelena, line, "7");
  await expect.poll(async () => (await counted("luka", site, line))?.state).toBe("settled");
  const row = lead.getByTestId("count-row").filter({ hasText: SHELF }).filter({ hasText: line.item_code });
  await expect(row.first()).toContainText("Differs");
});

test("a lead says whether what is not found is counted by itself", async ({ lead }) => {
  const setting = () => ask<{ site: number; after_shortages: boolean }>(lead, "counts/list", { warehouse_id: null });
  const { site, after_shortages: was } = await setting();
  try {
    await open(lead, `/admin/counts?warehouse=${site}`);
    const state = lead.getByTestId("after-shortages");
    const before = await state.innerText();
    await lead.getByTestId("after-shortages-change").click();
    await expect(state).not.toHaveText(before);
    await lead.getByTestId("after-shortages-change").click();
    await expect(state).toHaveText(before);
  } finally {
    const { after_shortages: is } = await setting();
    if (is !== was) await ask(lead, "counts/set_after_shortages", { warehouse_id: site, by_itself: was });
  }
});
