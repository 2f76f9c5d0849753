import { act, asks, freshTask, whole } from "../tests/support/api";
import { expect, give, linked, open, test } from "../tests/support/app";
import { goTo, scan, work } from "../tests/support/floor";

const all = `${process.env.CROSSDOCK_RESULTS}/pages`;

test("the sign-in page and the style guide", async ({ admin, page }) => {
  await page.setViewportSize({ width: 1440, height: 900 });
  await open(page, "/login");
  await page.screenshot({ path: `${all}/login.png` });
  await open(admin, "/styleguide");
  await admin.screenshot({ path: `${all}/styleguide.png`, fullPage: true });
});

test("the handheld's screens", async ({ lead, marko }) => {
  test.setTimeout(120_000);
  const { task, lines } = await freshTask((found) => found.length >= 4 && found.length <= 12 && found.every(whole) && asks(found[0]) > 1);
  await give(lead, task.id, { worker: "marko" });
  await open(marko, "/floor");
  await expect(marko.getByTestId("task-row").first()).toBeVisible();
  await marko.screenshot({ path: `${all}/floor-tasks.png` });
  await work(marko, task.id);
  await goTo(marko, lines[0]);
  await marko.screenshot({ path: `${all}/floor-instruction.png` });
  for (const [button, name] of [["enter-quantity", "quantity"], ["short", "short"], ["lines", "lines"], ["type-code", "type-code"], ["finish", "finish"]]) {
    await marko.getByTestId(button).click();
    await marko.getByTestId("close-sheet").waitFor();
    await marko.screenshot({ path: `${all}/floor-${name}.png` });
    await marko.getByTestId("close-sheet").click();
  }
  await scan(marko, "0000000000000");
  await expect(marko.getByTestId("refusal")).toBeVisible();
  await marko.screenshot({ path: `${all}/floor-wrong-scan.png` });
  await marko.getByTestId("acknowledge").click();
  for (const line of lines) {
    await act("marko", task.id, { do: "pick", line_id: line.id, quantity: String(asks(line)), scanned: null, over_confirmed: false });
  }
  await expect(marko.getByTestId("all-handled")).toBeVisible();
  await marko.screenshot({ path: `${all}/floor-all-handled.png` });
  await marko.getByTestId("finish-all").click();
  await expect(marko.getByTestId("task-closed")).toBeVisible();
  await marko.screenshot({ path: `${all}/floor-closed.png` });
  await open(marko, "/floor/scanner");
  await scan(marko, "01040063813339311727123110L7");
  await expect(marko.getByTestId("understood")).toBeVisible();
  await marko.screenshot({ path: `${all}/floor-scanner.png` });
});

test("the board", async ({ tv }) => {
  await open(tv, "/board");
  await linked(tv);
  await tv.screenshot({ path: `${all}/board.png` });
});

test("the other boards, an unknown screen, and an opened figure", async ({ tv, admin, browser }) => {
  const { warehouses } = await (await tv.request.post("/api/fn/session/who", {
    data: {}, headers: { origin: new URL(process.env.CROSSDOCK_URL!).origin },
  })).json();
  for (const board of ["throughput", "quality", "connections"]) {
    await open(tv, `/board/${warehouses[0].id}?show=${board}`);
    await expect(tv.getByTestId("board-clock")).toHaveText(/\d/);
    await tv.screenshot({ path: `${all}/board-${board}.png` });
  }
  const context = await browser.newContext({ viewport: { width: 1920, height: 1080 } });
  const unknown = await context.newPage();
  await open(unknown, "/board");
  await expect(unknown.getByTestId("pairing-code")).toHaveText(/^\w{3} \w{3}$/);
  await unknown.screenshot({ path: `${all}/board-pairing.png` });
  await context.close();
  await open(admin, "/admin/kpis?kpi=lines&by=worker");
  await expect(admin.getByTestId("kpi-row").first()).toBeVisible();
  await admin.screenshot({ path: `${all}/admin-kpi-opened.png` });
  await open(admin, "/admin/boards");
  await admin.getByTestId("pair-screen").click();
  await expect(admin.getByTestId("screen-code")).toBeVisible();
  await admin.screenshot({ path: `${all}/admin-pair.png` });
});
