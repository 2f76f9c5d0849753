import { createHmac } from "node:crypto";
import { createServer, type IncomingHttpHeaders, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { call } from "../support/api";
import { expect, open, test } from "../support/app";

type Got = { headers: IncomingHttpHeaders; body: string };

let server: Server;
let url: string;
let status = 200;
const got: Got[] = [];

test.beforeAll(async () => {
  server = createServer((request, response) => {
    let body = "";
    request.on("data", (chunk) => (body += chunk));
    request.on("end", () => {
      got.push({ headers: request.headers, body });
      response.writeHead(status).end("noted");
    });
  });
  await new Promise<void>((ready) => server.listen(0, "127.0.0.1", ready));
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/hook`;
});

test.afterAll(() => server.close());

test.describe.serial("webhooks", () => {
  let secret = "";

  test("an endpoint is set up and its test delivery arrives, signed with its secret", async ({ admin }) => {
    await open(admin, "/admin/webhooks");
    await admin.getByTestId("webhook-new").click();
    await admin.getByTestId("webhook-name").fill("Shop");
    await admin.getByTestId("webhook-url").fill(url);
    await admin.getByTestId("document.finished").check();
    await admin.getByTestId("webhook-secret-fresh").click();
    secret = await admin.getByTestId("webhook-secret").inputValue();
    await admin.getByTestId("webhook-save").click();
    const row = admin.getByTestId("webhook-row");
    await expect(row).toContainText("Shop");
    await row.getByRole("link").click();
    await admin.getByTestId("webhook-test").click();
    // Without a reload: queued, then delivered.
    await expect(admin.getByTestId("delivery-row").first()).toContainText("Delivered", { timeout: 15_000 });
    expect(got).toHaveLength(1);
    const { headers, body } = got[0];
    const signed = `${headers["webhook-id"]}.${headers["webhook-timestamp"]}.${body}`;
    const wanted = createHmac("sha256", secret).update(signed).digest("base64");
    expect(headers["webhook-signature"]).toBe(`v1,${wanted}`);
    expect(JSON.parse(body)).toMatchObject({ version: 1, type: "webhook.test", id: headers["webhook-id"] });
  });

  test("the endpoints stand by themselves, and messages of all systems are one link away", async ({ admin }) => {
    await open(admin, "/admin/webhooks");
    await expect(admin.getByTestId("webhook-row").first()).toBeVisible();
    await expect(admin.getByTestId("delivery-row")).toHaveCount(0);
    await admin.getByTestId("webhooks-deliveries").click();
    await expect(admin).toHaveURL(/\/admin\/deliveries/);
    await expect(admin.getByTestId("delivery-row").first()).toBeVisible();
  });

  test("a dead delivery has an address, shows what was answered and goes out again with a reason", async ({ admin }) => {
    status = 410;
    await open(admin, "/admin/webhooks");
    await admin.getByTestId("webhook-row").getByRole("link").click();
    await admin.getByTestId("webhook-test").click();
    const endpoint = new URL(admin.url()).pathname.split("/").pop();
    const row = admin.getByTestId("delivery-row").first();
    await expect(row).toContainText("Dead", { timeout: 15_000 });
    await row.getByTestId("delivery-open").click();
    const delivery = admin.getByTestId("delivery");
    await expect(delivery.getByTestId("attempt")).toContainText("410");
    await expect(delivery.getByTestId("attempt")).toContainText("noted");
    await expect(delivery.getByTestId("delivery-retry")).toBeDisabled();
    await expect(delivery).toContainText("Needed before anything is decided");
    await expect(delivery).toContainText("Sent: the call that failed");
    await expect(admin).toHaveURL(/message=[0-9a-f-]{36}/);
    const address = new URL(admin.url()).searchParams.get("message");
    await open(admin, `/admin/deliveries?message=${address}`);
    await expect(delivery.getByTestId("attempt")).toContainText("410");
    status = 200;
    // Who types keeps the keyboard, although the message is read again meanwhile.
    const reason = delivery.getByTestId("delivery-reason");
    await reason.pressSequentially("the shop ");
    const read = admin.waitForResponse((answer) => answer.url().endsWith("/api/fn/webhooks/delivery"));
    await call("ana", `webhooks/${endpoint}/test`, {});
    await read;
    await admin.keyboard.type("was repaired", { delay: 30 });
    await expect(reason).toHaveValue("the shop was repaired");
    await delivery.getByTestId("delivery-retry").click();
    await expect(admin).not.toHaveURL(/message=/);
    await expect(row).toContainText("Delivered", { timeout: 15_000 });
    await open(admin, `/admin/deliveries?message=${address}`);
    await expect(delivery.getByTestId("attempt").first()).toContainText("Accepted", { timeout: 15_000 });
    await expect(delivery).toContainText("the shop was repaired");
  });

  test("dead deliveries are grouped by cause, and all of a cause go out again with a reason", async ({ admin }) => {
    status = 410;
    await open(admin, "/admin/webhooks");
    await admin.getByTestId("webhook-row").getByRole("link").click();
    await admin.getByTestId("webhook-test").click();
    await expect(admin.getByTestId("delivery-row").first()).toContainText("Dead", { timeout: 15_000 });
    await open(admin, "/admin/deliveries");
    await expect(admin.getByTestId("deliveries-dead")).toHaveText("1");
    const group = admin.getByTestId("dead-group");
    await expect(group).toContainText("Test delivery");
    await group.getByTestId("dead-messages").getByRole("link").click();
    await expect(admin).toHaveURL(/cause=.*event=webhook\.test.*state=dead/);
    await expect(admin.getByTestId("delivery-row")).toHaveCount(1);
    await expect(admin.getByTestId("filter-event")).toHaveValue("webhook.test");
    await group.getByTestId("dead-retry").click();
    await expect(admin.getByTestId("dead-count")).toContainText("1 message");
    await expect(admin.getByTestId("dead-confirm")).toBeDisabled();
    status = 200;
    await admin.getByTestId("dead-reason").fill("the shop was repaired");
    await admin.getByTestId("dead-confirm").click();
    await expect(group).toHaveCount(0, { timeout: 15_000 });
    await expect(admin.getByTestId("nothing-dead")).toBeVisible();
  });

  test("the Operations page counts the queue and shows every part", async ({ admin }) => {
    await open(admin, "/admin/operations");
    await expect(admin.getByTestId("ops-dead")).toHaveText("0");
    await expect(admin.getByTestId("account-row")).toHaveCount(1);
    await expect(admin.locator("[data-testid=backlog-row][data-key^='connection:']")).toHaveCount(1);
    await expect(admin.locator("[data-testid=backlog-row][data-key^='webhook:']").first()).toBeVisible();
    await expect(admin.getByTestId("chart-api-p95")).toBeVisible();
    await admin.getByTestId("tab-24h").click();
    await expect(admin).toHaveURL(/window=24h/);
    await expect(admin.getByTestId("cursor-row").first()).toBeVisible();
  });
});
