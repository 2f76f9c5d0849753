import { call } from "../support/api";
import { expect, open, test } from "../support/app";

test("a stranger is sent to the sign-in page and comes back to where they wanted to go", async ({ page }) => {
  await open(page, "/admin/items");
  await expect(page).toHaveURL(/\/login\?next=/);
  await page.getByTestId("login").fill("ana");
  await page.getByTestId("password").fill("demo-crossdock");
  await page.getByTestId("sign-in").click();
  await expect(page).toHaveURL(/\/admin\/items$/);
  await expect(page.getByTestId("viewer")).toHaveText("Ana Jovanović");
});

test("a wrong password is refused without saying which half was wrong", async ({ page }) => {
  for (const login of ["ana", "nobody"]) {
    await open(page, "/login");
    await page.getByTestId("login").fill(login);
    await page.getByTestId("password").fill("not-the-password");
    await page.getByTestId("sign-in").click();
    await expect(page.getByTestId("form-error")).toContainText(/wrong/i);
    await expect(page).toHaveURL(/\/login/);
  }
});

test("a worker's address bar does not open the office", async ({ marko }) => {
  await marko.goto("/admin/users");
  await expect(marko).toHaveURL(/\/floor$/);
});

test.describe("a lead", () => {
  // The page itself is refused.
  test.use({ troubled: true });

  test("hears once that a page is not for the role, and nothing is asked for it", async ({ lead }) => {
    const refused: string[] = [];
    lead.on("response", (answer) => {
      if (answer.status() >= 400 && answer.url().includes("/api/")) refused.push(answer.url());
    });
    for (const path of ["/admin/deliveries", "/admin/webhooks"]) {
      await open(lead, path);
      await expect(lead.getByTestId("error")).toHaveCount(1);
      await expect(lead.getByTestId("error")).toContainText("Not for your role");
    }
    await expect(lead.getByTestId("nav-deliveries")).toHaveCount(0);
    expect(refused).toEqual([]);
  });
});

test.describe("a viewer", () => {
  // The handheld's page is the same for everybody; its first question is refused.
  test.use({ troubled: true });

  test("sees the board and nothing else", async ({ tv }) => {
    for (const path of ["/admin", "/floor", "/admin/dispatches"]) {
      await tv.goto(path);
      await expect(tv).toHaveURL(/\/board$/);
    }
  });
});

test("signing out ends the session", async ({ browser }) => {
  const context = await browser.newContext();
  const page = await context.newPage();
  await open(page, "/login");
  await page.getByTestId("login").fill("luka");
  await page.getByTestId("password").fill("demo-crossdock");
  await page.getByTestId("sign-in").click();
  await page.waitForURL(/\/admin$/);
  const cookies = await context.cookies();
  await page.locator("html[data-hydrated]").waitFor({ state: "attached" });
  await page.getByTestId("sign-out").click();
  await page.waitForURL(/\/login/);
  // The old cookie opens nothing any more.
  await context.addCookies(cookies);
  await page.goto("/admin");
  await expect(page).toHaveURL(/\/login/);
  await context.close();
});

test("the API knows who asks", async () => {
  const { rows } = await call<{ rows: unknown[] }>("marko", "tasks");
  expect(Array.isArray(rows)).toBe(true);
});
