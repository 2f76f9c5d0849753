import { call, data } from "../support/api";
import { expect, open, test } from "../support/app";

test.beforeAll(data);

test("items are found by code, by title and by barcode", async ({ admin }) => {
  const { rows } = await call<{ rows: { id: number; code: string; name: string; barcodes: number }[] }>("ana", "items?limit=200");
  const item = rows.find(({ barcodes, name }) => barcodes > 0 && name.length > 8)!;
  const detail = await call<{ barcodes: { text: string }[] | string[] }>("ana", `items/${item.id}`);
  const first = detail.barcodes[0];
  const barcode = typeof first === "string" ? first : first.text;
  for (const q of [item.code, item.name, barcode]) {
    await open(admin, "/admin/items");
    await admin.getByTestId("filter-q").fill(q);
    await admin.getByTestId("filter-q").press("Enter");
    await expect(admin.locator(`[data-testid=item-row][data-key="${item.code}"]`)).toBeVisible();
  }
});

test("a list turns its pages and keeps its place in the address", async ({ admin }) => {
  await open(admin, "/admin/items");
  const first = await admin.getByTestId("item-row").first().getAttribute("data-key");
  await admin.getByTestId("page-next").click();
  await expect(admin.getByTestId("item-row").first()).not.toHaveAttribute("data-key", first!);
  const second = await admin.getByTestId("item-row").first().getAttribute("data-key");
  await admin.reload();
  await expect(admin.getByTestId("item-row").first()).toHaveAttribute("data-key", second!);
});

test("the old rows' buttons work while the next ones are read", async ({ admin }) => {
  let go = () => {};
  const read = new Promise<void>((resolve) => { go = resolve; });
  await open(admin, "/admin/items");
  const rows = admin.getByTestId("item-row");
  const first = await rows.first().getAttribute("data-key");
  await admin.route("**/api/fn/items/list", async (route) => { await read; await route.continue(); });
  await admin.getByTestId("page-next").click();
  await expect(admin).toHaveURL(/page=2/);
  await admin.getByTestId("page-next").click();
  go();
  await expect(rows.first()).not.toHaveAttribute("data-key", first!);
  await expect(admin).toHaveURL(/page=2/);
  const second = await rows.first().getAttribute("data-key");

  // From the third page back, and on again before the second one's rows are there: nothing is left out.
  await admin.getByTestId("page-next").click();
  await expect(rows.first()).not.toHaveAttribute("data-key", second!);
  const held = new Promise<void>((resolve) => { go = resolve; });
  await admin.unroute("**/api/fn/items/list");
  await admin.route("**/api/fn/items/list", async (route) => { await held; await route.continue(); });
  await admin.getByTestId("page-previous").click();
  await expect(admin).toHaveURL(/page=2/);
  await admin.getByTestId("page-next").click();
  go();
  await expect(rows.first()).toHaveAttribute("data-key", second!);
  await expect(admin).toHaveURL(/page=2/);
  await admin.getByTestId("page-previous").click();
  await expect(rows.first()).toHaveAttribute("data-key", first!);
});

for (const [page, row] of [["partners", "partner-row"], ["dispatches", "doc-row"], ["receipts", "doc-row"], ["tasks", "task-row"]]) {
  test(`${page} are filled from the ERP`, async ({ admin }) => {
    await open(admin, `/admin/${page}`);
    await expect(admin.getByTestId(row).first()).toBeVisible();
    expect(await admin.getByTestId(row).count()).toBeGreaterThan(5);
  });
}

test("a search that finds nothing says so in words", async ({ admin }) => {
  await open(admin, "/admin/items?q=no-such-item-anywhere");
  await expect(admin.getByTestId("empty")).toContainText("no-such-item-anywhere");
});

test("an unknown warehouse name waits in the mapping inbox", async ({ lead }) => {
  await open(lead, "/admin/mappings");
  await expect(lead.getByTestId("mapping-code").first()).toBeVisible();
});

test("an address that leads nowhere is answered with a page that says so", async ({ page }) => {
  const answer = await page.goto("/no/such/page");
  expect(answer?.status()).toBe(404);
  await expect(page.getByRole("heading")).toHaveText("There is no such page");
});

test("in a narrow window the menu folds behind a button, and everything in the header is in sight", async ({ admin }) => {
  await admin.setViewportSize({ width: 900, height: 900 });
  await open(admin, "/admin/dispatches");
  const nav = admin.getByRole("navigation", { name: "Main" });
  await expect(nav).toBeHidden();
  await expect(admin.getByTestId("sign-out")).toBeInViewport({ ratio: 1 });
  const place = async (name: string) => (await admin.getByTestId(name).boundingBox())!.y;
  expect(await place("filter-date_from"), "from and to stand side by side").toBe(await place("filter-date_to"));
  await admin.getByTestId("menu").click();
  await expect(nav).toBeVisible();
  await expect(admin.getByTestId("nav-head"), "the keyboard goes on in the menu").toBeFocused();
  await admin.keyboard.press("Escape");
  await expect(nav).toBeHidden();
  await expect(admin.getByTestId("menu")).toBeFocused();
  await admin.getByTestId("menu").click();
  await admin.getByTestId("nav-dispatches").click();
  await expect(nav, "the page that is open already").toBeHidden();
  await admin.getByTestId("menu").click();
  await admin.getByTestId("nav-tasks").click();
  await expect(admin.getByRole("heading", { name: "Tasks", exact: true })).toBeVisible();
  await expect(nav).toBeHidden();
  await admin.setViewportSize({ width: 480, height: 900 });
  await expect(admin.getByTestId("sign-out"), "the header wraps").toBeInViewport({ ratio: 1 });
  await admin.setViewportSize({ width: 1024, height: 900 });
  await expect(nav).toBeVisible();
  await expect(admin.getByTestId("menu")).toBeHidden();
});

test("all of an admin's menu stands on a screen of 900 pixels, and its head and foot stay when it does not", async ({ admin }) => {
  await open(admin, "/admin");
  const [head, menu, foot] = ["nav-head", "nav-menu", "nav-foot"].map((part) => admin.getByTestId(part));
  const hidden = () => menu.evaluate((part) => part.scrollHeight - part.clientHeight);
  expect(await hidden(), "pixels of the menu that have to be scrolled to").toBe(0);
  await expect(foot.getByRole("link").last()).toBeInViewport({ ratio: 1 });
  await admin.setViewportSize({ width: 1440, height: 600 });
  expect(await hidden()).toBeGreaterThan(0);
  expect((await head.boundingBox())!.height).toBe(56);
  await expect(head.locator("img")).toBeInViewport({ ratio: 1 });
  await expect(foot.getByRole("link").last()).toBeInViewport({ ratio: 1 });
  await menu.getByRole("link").last().scrollIntoViewIfNeeded();
  await expect(menu.getByRole("link").last()).toBeInViewport({ ratio: 1 });
});
