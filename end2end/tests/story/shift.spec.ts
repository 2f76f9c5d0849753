import type { Browser, Page } from "@playwright/test";
import { asks, call, data, figures, freshTask, sync, task as read, whole, type Line, type Task } from "../support/api";
import { expect, give, linked, open, test } from "../support/app";
import { enter, goTo, label, scan } from "../support/floor";
import { allSent, cut, handheld, keptActs, openOffline, pickTimes, start, waiting } from "../support/handheld";

// One shift from the sync to the spreadsheet: whoever looks, wherever, reads the same numbers.
test.use({ troubled: true });

interface Kpis { figures: Figure[]; groups: { name: string; figures: Figure[] }[] }
interface Figure { kpi: string; numerator: string; value: string | null }
interface Work { task: Task; lines: Line[]; done: Map<number, number>; short: Map<number, string> }

const workable = (lines: Line[]) =>
  lines.length >= 4 && lines.length <= 8 && lines.every(whole) && lines.every((line) => asks(line) >= 3 && asks(line) <= 60);
const number = (text: string) => Number(text.replaceAll(",", ""));
const of = (report: { figures: Figure[] }, kpi: string) => Number(report.figures.find((one) => one.kpi === kpi)!.value);

async function work(lead: Page, worker: "marko" | "jelena"): Promise<Work> {
  const { task, lines } = await freshTask(workable);
  await give(lead, task.id, { worker });
  return { task, lines, done: new Map(lines.map((line) => [line.id, 0])), short: new Map() };
}

const pick = (work: Work, line: Line, quantity: number) => work.done.set(line.id, work.done.get(line.id)! + quantity);

/** Enters what is left of a line. */
async function rest(page: Page, work: Work, line: Line) {
  const left = asks(line) - work.done.get(line.id)!;
  await goTo(page, line);
  await enter(page, String(left));
  pick(work, line, left);
}

async function short(page: Page, work: Work, line: Line, reason: string) {
  await goTo(page, line);
  await page.getByTestId("short").click();
  await page.getByTestId(`reason-${reason.replaceAll("_", "-")}`).click();
  work.short.set(line.id, reason);
}

async function finish(page: Page) {
  await page.getByTestId("finish").click();
  await page.getByTestId("confirm-partial").click();
}

/** Half with a network, half without; both halves end in the same place. */
async function markosShift(page: Page, mine: Work) {
  const [first, second, third, ...more] = mine.lines;
  await openOffline(page, mine.task.id);
  await linked(page);
  await goTo(page, first);
  await scan(page, label(first));
  pick(mine, first, 1);
  await rest(page, mine, first);
  const back = await cut(page);
  await rest(page, mine, second);
  await goTo(page, third);
  await enter(page, "2");
  pick(mine, third, 2);
  await short(page, mine, third, "damaged");
  for (const line of more) await rest(page, mine, line);
  await finish(page);
  await expect(waiting(page)).toBeVisible();
  await back();
  await allSent(page);
}

/** The tab dies in the middle of a line; what it had done is still there. */
async function jelenasShift(page: Page, mine: Work): Promise<Page> {
  const [first, second, ...more] = mine.lines;
  await cut(page);
  await openOffline(page, mine.task.id);
  await pickTimes(page, first, 2);
  pick(mine, first, 2);
  await expect.poll(async () => (await keptActs(page)).length).toBe(2);
  const context = page.context();
  const crashed = page.waitForEvent("crash");
  void (await context.newCDPSession(page)).send("Page.crash").catch(() => undefined);
  await crashed;
  await page.close();

  const again = await context.newPage();
  await again.goto(`/floor/tasks/${mine.task.id}`);
  await expect(waiting(again)).toHaveText("2 waiting");
  await context.setOffline(false);
  await allSent(again);
  await rest(again, mine, first);
  await short(again, mine, second, "not_found");
  for (const line of more) await rest(again, mine, line);
  await finish(again);
  await allSent(again);
  return again;
}

/** Rows of a spreadsheet of text. */
function csv(text: string): Record<string, string>[] {
  const rows = text.replace(/^\ufeff/, "").trimEnd().split(/\r?\n/).map((row) =>
    [...row.matchAll(/("(?:[^"]|"")*"|[^,]*)(?:,|$)/g)].map(([, cell]) => cell.startsWith('"') ? cell.slice(1, -1).replaceAll('""', '"') : cell));
  const [head, ...body] = rows;
  return body.map((row) => Object.fromEntries(head.map((name, at) => [name, row[at]])));
}

async function linesAgree(lead: Page, works: Work[]) {
  for (const { task, lines, done, short } of works) {
    const stored = await read(task.id);
    expect(stored.task.state).toBe("done");
    expect(stored.task.document_status).toBe("partial");
    const sheet = csv(await (await lead.request.get(`/exports/documents/${task.document_id}/csv`)).text());
    for (const line of lines) {
      const kept = stored.lines.find(({ id }) => id === line.id)!;
      expect(Number(kept.done), `${task.number} ${line.item_code}`).toBe(done.get(line.id));
      expect(kept.reason).toBe(short.get(line.id) ?? null);
    }
    const total = [...done.values()].reduce((sum, one) => sum + one, 0);
    expect(sheet.reduce((sum, row) => sum + Number(row["Done"]), 0), `spreadsheet of ${task.number}`).toBe(total);
  }
}

async function shortagesAgree(lead: Page, works: Work[]) {
  const sheet = csv(await (await lead.request.get("/exports/shortages/csv")).text());
  for (const { task, lines, done, short } of works) {
    const rows = sheet.filter((row) => row["Document"] === task.number);
    expect(rows.length, `shortages of ${task.number}`).toBe(short.size);
    for (const line of lines.filter(({ id }) => short.has(id))) {
      const row = rows.find((one) => one["Item"] === line.item_code)!;
      expect(Number(row["Missing"])).toBe(asks(line) - done.get(line.id)!);
      await open(lead, `/admin/shortages?item_code=${encodeURIComponent(line.item_code)}`);
      await expect(lead.locator(`[data-testid=shortage-row][data-key="${task.number}/${line.item_code}"]`)).toBeVisible();
    }
  }
}

async function device(browser: Browser, login: "marko" | "jelena", mine: Work) {
  const page = await handheld(browser);
  await start(page, login, mine.task.id);
  return page;
}

test("a whole shift agrees to the unit: handhelds, office, boards, API and spreadsheets", async ({ lead, admin, tv, browser }) => {
  test.setTimeout(240_000);
  await data();
  await sync("issue");
  const works = [await work(lead, "marko"), await work(lead, "jelena")];
  const before = await call<Kpis>("tv", "kpis?by=worker");
  await open(tv, "/board");
  await linked(tv);

  const marko = await device(browser, "marko", works[0]);
  const jelena = await device(browser, "jelena", works[1]);
  const [, again] = await Promise.all([markosShift(marko, works[0]), jelenasShift(jelena, works[1])]);
  await expect.poll(async () => (await read(works[0].task.id)).task.state).toBe("done");
  await expect.poll(async () => (await read(works[1].task.id)).task.state).toBe("done");
  await linesAgree(lead, works);
  await shortagesAgree(lead, works);

  const after = await call<Kpis>("tv", "kpis?by=worker");
  const more = (kpi: string) => of(after, kpi) - of(before, kpi);
  const picked = works.flatMap(({ done }) => [...done.values()]).filter((quantity) => quantity > 0);
  expect(more("lines")).toBe(picked.length);
  expect(more("quantity")).toBe(picked.reduce((sum, one) => sum + one, 0));
  expect(more("documents")).toBe(2);
  expect(more("shortages")).toBe(2);
  // A line that two people worked on counts for each of them, so only quantities add up.
  const quantities = after.groups.map((group) => Number(group.figures.find((one) => one.kpi === "quantity")!.numerator));
  expect(quantities.reduce((sum, one) => sum + one, 0), "quantity of all workers").toBe(of(after, "quantity"));
  const board = await figures();
  expect(board.lines_picked).toBe(of(after, "lines"));
  expect(Number(board.quantity_picked)).toBe(of(after, "quantity"));
  const shown = async (page: Page, id: string) => number(await page.getByTestId(id).innerText());
  await expect.poll(() => shown(tv, "board-lines")).toBe(of(after, "lines"));
  await expect.poll(() => shown(tv, "board-quantity")).toBe(of(after, "quantity"));
  await open(admin, "/admin/kpis");
  for (const kpi of ["lines", "quantity", "documents", "shortages"]) {
    await expect.poll(() => shown(admin, `value-${kpi}`)).toBe(of(after, kpi));
  }
  await open(admin, "/admin");
  await expect.poll(() => shown(admin, "figure-lines")).toBe(of(after, "lines"));
  await again.context().close();
  await marko.context().close();
});
