import type { Page } from "@playwright/test";
import { SHELVES, act, call, freshTask, setUpShelves, whole, type Line } from "../support/api";
import { expect, linked, open, test, text } from "../support/app";
import { scan } from "../support/floor";
import { cut } from "../support/handheld";

interface Place { location: string; quantity: string }

const small = (lines: Line[]) => lines.length >= 1 && lines.length <= 6 && lines.every(whole);

/** The locations of the site, and a receipt of which everything came. */
async function received(): Promise<Line> {
  await setUpShelves();
  const { task, lines } = await freshTask(small, "receipt");
  const { user_id } = await call<{ user_id: number }>("marko", "session");
  await call("luka", `tasks/${task.id}/assignment`, { to: "worker", id: user_id });
  for (const line of lines) {
    await act("marko", task.id, { do: "pick", line_id: line.id, quantity: line.requested, scanned: null });
  }
  return lines[0];
}

/** The page once it knows what is to be put away: what is scanned before means nothing to it. */
async function atTheShelves(marko: Page): Promise<void> {
  await open(marko, "/floor/put-away");
  await linked(marko);
  await expect(marko.getByTestId("item-code")).toBeVisible();
}

const lies = async (line: Line) =>
  (await call<{ locations: Place[] }>("luka", `items/lookup?code=${encodeURIComponent(line.item_code)}`)).locations;

test("received goods are put on the location that is suggested by scanning it", async ({ marko }) => {
  const line = await received();
  await atTheShelves(marko);
  await scan(marko, line.item_code);
  await expect(marko.getByTestId("item-code")).toHaveText(line.item_code);
  await expect(marko.getByTestId("location-reason")).not.toBeEmpty();
  const location = await text(marko, "location");
  await scan(marko, location);
  await expect.poll(async () => (await lies(line)).map((place) => place.location)).toContain(location);
});

test("another location needs a confirmation, and one that does not exist is refused", async ({ marko }) => {
  const line = await received();
  await atTheShelves(marko);
  await scan(marko, line.item_code);
  await expect(marko.getByTestId("item-code")).toHaveText(line.item_code);
  const suggested = await text(marko, "location");
  const other = SHELVES.find((code) => code !== suggested)!;
  await scan(marko, other);
  await expect(marko.getByTestId("other-location")).toContainText(suggested);
  await marko.getByTestId("confirm-other").click();
  await expect.poll(async () => (await lies(line)).map((place) => place.location)).toContain(other);
  await marko.getByTestId("undo").click();
  await expect(marko.getByTestId("item-code")).toHaveText(line.item_code);
  await scan(marko, "X-99-99");
  await expect(marko.getByTestId("refusal")).toContainText("There is no location X-99-99");
  await expect(marko.getByTestId("other-location")).toHaveCount(0);
});

test.describe("without a network", () => {
  test.use({ troubled: true });

  test("what is taken back is there again at once", async ({ marko }) => {
    const line = await received();
    await atTheShelves(marko);
    await scan(marko, line.item_code);
    await expect(marko.getByTestId("item-code")).toHaveText(line.item_code);
    const location = await text(marko, "location");
    const there = async () => Number((await lies(line)).find((place) => place.location === location)?.quantity ?? 0);
    const [before, all] = [await there(), Number(line.requested)];
    await scan(marko, location);
    await expect.poll(there).toBe(before + all);
    // The page has read a list without it.
    const again = marko.waitForResponse((answer) => answer.url().endsWith("/api/v1/put-aways"));
    await received();
    await again;
    const restore = await cut(marko);
    await marko.getByTestId("undo").click();
    await expect(marko.getByTestId("item-code")).toHaveText(line.item_code);
    await expect(marko.getByTestId("remaining")).toHaveText(`${all}`);
    await restore();
    await expect.poll(there).toBe(before);
    await expect(marko.getByTestId("item-code")).toHaveText(line.item_code);
  });
});

test("a location that is full is said so with one touch, until that is taken back", async ({ marko }) => {
  const line = await received();
  const { warehouse_id: site } = await call<{ warehouse_id: number }>("luka", "session");
  await atTheShelves(marko);
  await scan(marko, line.item_code);
  await expect(marko.getByTestId("item-code")).toHaveText(line.item_code);
  const suggested = await text(marko, "location");
  const full = async () => {
    const { rows } = await call<{ rows: { code: string; full_since: string | null }[] }>("luka", `locations?warehouse=${site}`);
    return rows.find(({ code }) => code === suggested)?.full_since ?? null;
  };
  await scan(marko, SHELVES.find((code) => code !== suggested)!);
  await expect(marko.getByTestId("confirm-full")).toContainText(suggested);
  await marko.getByTestId("confirm-full").click();
  await expect.poll(full).not.toBeNull();
  await marko.getByTestId("undo").click();
  await expect.poll(full).toBeNull();
});

test("a lead writes the locations of a site in walking order", async ({ lead }) => {
  await open(lead, "/admin/locations");
  await lead.getByTestId("locations-text").fill([...SHELVES, "D-01-01"].map((code) => `${code};${code[0]}`).join("\n"));
  await lead.getByTestId("locations-save").click();
  await expect(lead.getByTestId("location-row").filter({ hasText: "D-01-01" })).toBeVisible();
});
