import { expect, open, ready, test } from "../support/app";

test("a list is sorted by its headings and the address keeps it", async ({ admin }) => {
  await open(admin, "/admin/users");
  const heading = admin.getByRole("columnheader", { name: "Login" });
  await admin.getByTestId("sort-login").click();
  await expect(heading).toHaveAttribute("aria-sort", "ascending");
  await admin.getByTestId("sort-login").click();
  await expect(heading).toHaveAttribute("aria-sort", "descending");
  await expect(admin).toHaveURL(/sort=-login/);
  const logins = () => admin.getByTestId("user-row").evaluateAll((rows) => rows.map((row) => row.getAttribute("data-key")));
  const shown = await logins();
  expect(shown).toEqual([...shown].sort().reverse());
  await admin.reload();
  await ready(admin);
  expect(await logins()).toEqual(shown);
});

test("a list is worked with the keyboard alone", async ({ admin }) => {
  await open(admin, "/admin/users?sort=login");
  await admin.keyboard.press("/");
  await expect(admin.getByTestId("filter-q")).toBeFocused();
  await admin.keyboard.type("mar");
  await expect(admin).toHaveURL(/q=mar/);
  await expect(admin.getByTestId("user-row")).toHaveCount(1);
  await admin.getByTestId("filter-q").blur();
  await admin.keyboard.press("j");
  await expect(admin.locator("tr[data-key=marko]")).toBeFocused();
  await admin.keyboard.press("x");
  await expect(admin.getByTestId("bulk-bar")).toContainText("This will touch 1 user");
  await admin.keyboard.press("?");
  await expect(admin.getByTestId("keys-list")).toContainText("Next row");
  await expect(admin.getByTestId("keys-list")).toContainText("New user");
  await admin.keyboard.press("Escape");
  await admin.locator("tr[data-key=marko]").focus();
  await admin.keyboard.press("Enter");
  await expect(admin).toHaveURL(/\/admin\/users\/\d+$/);
  await expect(admin.getByRole("heading", { level: 1 })).toContainText("Marko");
});

test("a view is kept, opens its list, and goes", async ({ admin }) => {
  await open(admin, "/admin/users?role=worker");
  await admin.getByTestId("views").click();
  await admin.getByTestId("view-name").fill("Floor people");
  await admin.getByTestId("view-first").check();
  await admin.getByTestId("view-save").click();
  await expect(admin.getByTestId("views-dialog")).toBeHidden();
  await open(admin, "/admin/users");
  await expect(admin).toHaveURL(/role=worker/);
  await expect(admin.getByTestId("view-select")).toHaveValue("role=worker");
  await admin.getByTestId("view-select").selectOption({ label: "All rows" });
  await expect(admin.locator("tr[data-key=ana]")).toBeVisible();
  await admin.getByTestId("views").click();
  await admin.locator("[data-testid=view-row][data-key='Floor people']").getByTestId("view-delete").click();
  await expect(admin.getByTestId("view-row")).toHaveCount(0);
});

test("the lists of users and of the audit update by themselves", async ({ admin }) => {
  const [users, audit] = [await admin.context().newPage(), await admin.context().newPage()];
  for (const [page, path] of [[users, "/admin/users?q=zora"], [audit, "/admin/audit?action=USER_CREATED"]] as const) {
    await open(page, path);
    await expect(page.getByTestId("link-state")).toHaveText("Live");
  }
  await expect(users.locator("tr[data-key=zora]")).toHaveCount(0);
  await open(admin, "/admin/users");
  await admin.getByTestId("user-new").click();
  await admin.getByTestId("user-login").fill("zora");
  await admin.getByTestId("user-name").fill("Zora");
  await admin.getByTestId("user-role").selectOption("lead");
  await admin.getByTestId("user-create").click();
  await expect(admin.getByTestId("one-time-password")).toBeVisible();
  await expect(users.locator("tr[data-key=zora]")).toBeVisible();
  await expect(audit.getByTestId("audit-sentence").first()).toContainText("zora");
});

test("a new user signs in once with the password shown and chooses another", async ({ admin, browser }) => {
  await open(admin, "/admin/users");
  await admin.getByTestId("user-new").click();
  await admin.getByTestId("user-login").fill("vesna");
  await admin.getByTestId("user-name").fill("Vesna");
  await admin.getByTestId("user-role").selectOption("lead");
  await admin.getByTestId("user-create").click();
  const password = (await admin.getByTestId("one-time-password").innerText()).trim();
  expect(password).toMatch(/^(\w{4}-){3}\w{4}$/);
  await admin.getByTestId("one-time-close").click();

  const context = await browser.newContext();
  const page = await context.newPage();
  await open(page, "/login");
  await page.getByTestId("login").fill("vesna");
  await page.getByTestId("password").fill(password);
  await page.getByTestId("sign-in").click();
  await page.waitForURL(/\/password$/);
  await open(page, "/admin/items");
  await expect(page).toHaveURL(/\/password$/);
  await page.getByTestId("password-old").fill(password);
  await page.getByTestId("password-new").fill("vesna chose this");
  await page.getByTestId("password-again").fill("vesna chose this");
  await page.getByTestId("password-save").click();
  await page.waitForURL(/\/admin$/);
  await expect(page.getByTestId("viewer")).toHaveText("Vesna");
  await context.close();
});

test("what was done is told in a sentence that leads to its subject", async ({ admin }) => {
  await open(admin, "/admin/audit?action=USER_CREATED");
  const told = admin.getByTestId("audit-sentence").first();
  await expect(told).toContainText(/created the login/);
  await admin.getByTestId("audit-row").first().getByRole("link").first().click();
  await expect(admin.getByRole("heading", { level: 1 })).toContainText("created the login");
  await admin.getByTestId("audit-target").click();
  await expect(admin).toHaveURL(/\/admin\/users\/\d+$/);
});
