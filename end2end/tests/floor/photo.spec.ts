import type { Page } from "@playwright/test";
import { call, freshTask, whole, type Line, type Task } from "../support/api";
import { expect, give, open, ready, test } from "../support/app";
import { goTo, scan, work } from "../support/floor";
import { allSent, cut, handheld, openOffline, start } from "../support/handheld";

interface Photo { id: string; item_code: string | null; worker: string }

const few = (lines: Line[]) => lines.length >= 2 && lines.length <= 12 && lines.every(whole);

/** What the camera of a phone gives: larger than what is kept. */
async function picture(page: Page): Promise<{ name: string; mimeType: string; buffer: Buffer }> {
  const address = await page.evaluate(() => {
    const canvas = document.createElement("canvas");
    Object.assign(canvas, { width: 2000, height: 1500 });
    const pen = canvas.getContext("2d")!;
    pen.fillStyle = "#b3261e";
    pen.fillRect(400, 300, 900, 700);
    return canvas.toDataURL("image/jpeg");
  });
  return { name: "goods.jpg", mimeType: "image/jpeg", buffer: Buffer.from(address.split(",")[1], "base64") };
}

const photos = async (task: Task) =>
  (await call<{ rows: Photo[] }>("luka", `photos?document=${task.document_id}`)).rows;

async function damaged(page: Page, line: Line): Promise<void> {
  await goTo(page, line);
  await page.getByTestId("short").click();
  await page.getByTestId("reason-damaged").click();
}

test("a photo of damaged goods is made smaller, sent and seen by the lead", async ({ lead, marko }) => {
  const { task, lines } = await freshTask(few, "receipt");
  await give(lead, task.id, { worker: "marko" });
  await work(marko, task.id);
  await damaged(marko, lines[0]);
  await expect(marko.getByTestId("photo-offer")).toContainText("Take a photo of the goods?");
  await marko.getByTestId("photo-input").setInputFiles({ name: "note.txt", mimeType: "text/plain", buffer: Buffer.from("no picture") });
  await expect(marko.getByTestId("photo-offer")).toContainText("cannot be read");
  await marko.getByTestId("photo-input").setInputFiles(await picture(marko));
  await expect(marko.getByTestId("photo-sent")).toHaveText("The photo is sent.");
  await expect(marko.getByTestId("photo-offer")).toHaveCount(0);
  await expect.poll(async () => (await photos(task)).length).toBe(1);
  await expect(marko.getByTestId("photos-waiting")).toHaveCount(0);
  await expect(marko.getByTestId("photo-sent")).toHaveCount(0, { timeout: 15_000 });

  await open(lead, `/admin/receipts/${task.document_id}`);
  const shown = lead.getByTestId("photo");
  await expect(shown).toContainText(lines[0].item_code);
  await expect(shown).toContainText("Marko");
  await expect.poll(() => shown.locator("img").evaluate((image: HTMLImageElement) => image.naturalWidth)).toBe(1280);
  await expect(lead.locator("[data-testid=timeline-entry][data-key=photo]")).toContainText(`Photo of ${lines[0].item_code}`);
  await open(lead, `/admin/shortages?item_code=${encodeURIComponent(lines[0].item_code)}`);
  const row = lead.locator(`[data-testid=shortage-row][data-key="${task.number}/${lines[0].item_code}"]`);
  const [{ id }] = await photos(task);
  await expect(row.getByTestId("shortage-photo")).toHaveAttribute("href", `/api/v1/photos/${id}`);
});

test("goods that are not on the receipt are offered a photo, which nobody has to take", async ({ lead, marko }) => {
  const { task, lines } = await freshTask(few, "receipt");
  const { rows } = await call<{ rows: { code: string; uom: string }[] }>("luka", "items?active=true&limit=200");
  const item = rows.find(({ code, uom }) => uom === lines[0].uom && lines.every((line) => line.item_code !== code))!;
  await give(lead, task.id, { worker: "marko" });
  await work(marko, task.id);
  const come = async () => {
    await scan(marko, item.code);
    await marko.getByTestId("receive-unexpected").click();
    await marko.getByTestId("quantity-input").fill("1");
    await marko.getByTestId("confirm-pick").click();
  };
  await come();
  await expect(marko.getByTestId("photo-offer")).toBeVisible();
  await marko.getByTestId("photo-none").click();
  await expect(marko.getByTestId("photo-offer")).toHaveCount(0);
  expect(await photos(task)).toEqual([]);
});

test.describe("without a network", () => {
  test.use({ troubled: true });

  test("a photo taken without a network survives the tab and is sent after its act", async ({ lead, browser }) => {
    const { task, lines } = await freshTask(few);
    await give(lead, task.id, { worker: "marko" });
    const marko = await handheld(browser);
    await start(marko, "marko", task.id);
    const back = await cut(marko);
    await openOffline(marko, task.id);
    await damaged(marko, lines[0]);
    await marko.getByTestId("photo-input").setInputFiles(await picture(marko));
    await expect(marko.getByTestId("photos-waiting")).toContainText("1");
    await marko.reload();
    await ready(marko);
    await expect(marko.getByTestId("photos-waiting")).toContainText("1");
    expect(await photos(task)).toEqual([]);

    await back();
    await allSent(marko);
    await expect.poll(async () => (await photos(task)).length, { timeout: 30_000 }).toBe(1);
    await expect(marko.getByTestId("photos-waiting")).toHaveCount(0, { timeout: 15_000 });
    await marko.context().close();
  });
});
