import { act, call, data, freshTask, task as read } from "../support/api";
import { expect, give, open, test } from "../support/app";

test.beforeAll(data);

test("a dispatch shows its lines with match state and flags, and its timeline", async ({ lead }) => {
  const { task, lines } = await freshTask((found) => found.length >= 2);
  await open(lead, "/admin/dispatches");
  await lead.getByTestId("filter-q").fill(task.number);
  await lead.getByTestId("filter-q").press("Enter");
  await lead.locator(`[data-testid=doc-row][data-key="${task.number}"]`).getByRole("link").click();
  await expect(lead).toHaveURL(new RegExp(`/admin/dispatches/${task.document_id}$`));

  for (const heading of ["Match", "Exists in WMS", "WMS flag", "Requested", "Done", "Status", "Reason"]) {
    await expect(lead.getByRole("columnheader", { name: heading, exact: true })).toBeVisible();
  }
  const row = lead.locator(`[data-testid=line-row][data-key="${lines[0].item_code}"]`).first();
  await expect(row).toContainText(/By code|By barcode|ERP look-up/);
  await expect(row).toContainText("Yes");
  const timeline = lead.getByTestId("timeline-entry");
  await expect(timeline.last()).toHaveAttribute("data-key", "imported");
  expect((await timeline.allInnerTexts()).join("\n"), "ids of requests are told by their beginnings").not.toMatch(/[0-9a-f]{8}-[0-9a-f]{4}-/);
  const request = lead.getByTestId("timeline-request").first();
  const whole = await request.getAttribute("title");
  await lead.context().grantPermissions(["clipboard-write"]);
  await request.click();
  await expect(lead.getByTestId("toast")).toContainText(whole!);
});

test("a receipt shows who sent it, its lines with match state and flags, and its timeline", async ({ lead }) => {
  const { rows } = await call<{ rows: { id: number; number: string; partner_name: string }[] }>("luka", "receipts?only_wms=true&limit=1");
  const { id, number, partner_name } = rows[0];
  const lines = await call<{ rows: { item_code: string }[] }>("luka", `receipts/${id}/items?only_wms=true&limit=1`);
  await open(lead, `/admin/receipts?q=${encodeURIComponent(number)}`);
  const listed = lead.locator(`[data-testid=doc-row][data-key="${number}"]`);
  await expect(listed).toContainText(/\d+ ?\/ ?\d+/);
  await listed.getByRole("link").click();
  await expect(lead).toHaveURL(new RegExp(`/admin/receipts/${id}$`));
  await expect(lead.locator("main")).toContainText(partner_name);
  const row = lead.locator(`[data-testid=line-row][data-key="${lines.rows[0].item_code}"]`).first();
  await expect(row).toContainText(/By code|By barcode|ERP look-up/);
  await expect(row).toContainText("Yes");
  await expect(lead.getByTestId("timeline-entry").last()).toHaveAttribute("data-key", "imported");
});

test("recalculating a document is written to its timeline", async ({ lead }) => {
  const { task } = await freshTask((found) => found.length >= 1);
  await open(lead, `/admin/dispatches/${task.document_id}`);
  await lead.getByTestId("recalculate").click();
  await expect(lead.getByTestId("toast")).toContainText("Matched again");
  await expect(lead.getByTestId("timeline-entry").first()).toHaveAttribute("data-key", "recalculated");
});

test.describe("an address of nothing", () => {
  // Browsers note the 404 on the console.
  test.use({ troubled: true });

  test("a document that is not there is said once", async ({ lead }) => {
    await lead.goto("/admin/dispatches/999999999");
    await expect(lead.getByTestId("error")).toHaveCount(1);
    await expect(lead.getByTestId("error")).toContainText("Not found");
  });
});

test("filters and sort of the dispatches live in the address", async ({ lead }) => {
  await open(lead, "/admin/dispatches");
  await lead.getByTestId("filter-only_wms").check();
  await lead.getByTestId("sort-number").click();
  await expect(lead).toHaveURL(/only_wms=1/);
  await expect(lead).toHaveURL(/sort=number/);
  await lead.reload();
  await expect(lead.getByTestId("filter-only_wms")).toBeChecked();
  await expect(lead.locator("th[aria-sort=ascending]")).toContainText("Number");
  const numbers = await lead.getByTestId("doc-row").evaluateAll((rows) => rows.map((row) => row.getAttribute("data-key")!));
  expect(numbers.length).toBeGreaterThan(1);
  expect([...numbers].sort()).toEqual(numbers);
});

test("the floor lines of the list and of one document are downloaded", async ({ lead }) => {
  const { task, lines } = await freshTask((found) => found.length >= 1);
  await open(lead, `/admin/dispatches?q=${task.number}`);
  for (const [link, name] of [["export-csv", "dispatches.csv"], ["export-xlsx", "dispatches.xlsx"]]) {
    const file = lead.waitForEvent("download");
    await lead.getByTestId(link).click();
    expect((await file).suggestedFilename()).toBe(name);
  }
  await open(lead, `/admin/dispatches/${task.document_id}`);
  const file = lead.waitForEvent("download");
  await lead.getByTestId("export-csv").click();
  const { readFileSync } = await import("node:fs");
  const text = readFileSync((await (await file).path())!, "utf8");
  expect(text.startsWith("\u{feff}Document,Kind,Date")).toBe(true);
  expect(text.trim().split("\r\n")).toHaveLength(lines.length + 1);
});

test("an administrator makes a test document and deletes it; a lead cannot", async ({ admin, lead }) => {
  const { task, lines } = await freshTask((found) => found.length >= 1);
  await open(lead, "/admin/dispatches");
  await expect(lead.getByTestId("test-new")).toHaveCount(0);
  await open(admin, `/admin/dispatches/${task.document_id}`);
  await expect(admin.getByTestId("test-delete")).toHaveCount(0);

  await open(admin, "/admin/dispatches");
  await admin.getByTestId("test-new").click();
  await admin.getByTestId("test-lines").fill(`${lines[0].item_code} 2`);
  await admin.getByTestId("test-make").click();
  await expect(admin).toHaveURL(/\/admin\/dispatches\/\d+$/);
  await expect(admin.getByRole("heading", { level: 1 })).toContainText("TEST-");
  await expect(admin.getByTestId("line-row")).toHaveCount(1);
  await admin.getByTestId("test-delete").click();
  await admin.getByTestId("confirm-yes").click();
  await expect(admin).toHaveURL(/\/admin\/dispatches$/);
  await open(admin, "/admin/dispatches?q=TEST-");
  await expect(admin.getByTestId("empty")).toContainText("No document fits");
});

test("a shortage is listed with its worker and leads to its document", async ({ lead }) => {
  const { task, lines } = await freshTask((found) => found.length >= 1);
  await give(lead, task.id, { worker: "marko" });
  await act("marko", task.id, { do: "short", line_id: lines[0].id, reason: "damaged", text: null });
  await open(lead, `/admin/shortages?item_code=${encodeURIComponent(lines[0].item_code)}`);
  const row = lead.locator(`[data-testid=shortage-row][data-key="${task.number}/${lines[0].item_code}"]`);
  await expect(row).toContainText("Damaged");
  await expect(row).toContainText("Marko");
  await lead.getByTestId("tab-item").click();
  await expect(lead.getByRole("columnheader", { name: "Could come from", exact: true })).toBeVisible();
  await expect(lead.locator(`[data-testid=shortage-group][data-key="${lines[0].item_code}"]`)).toBeVisible();
  await lead.getByTestId("tab-worker").click();
  await expect(lead.getByTestId("shortage-group").first()).toContainText("Marko");
  await lead.getByTestId("tab-reason").click();
  await lead.getByTestId("shortage-group").first().getByRole("link").click();
  await expect(lead).toHaveURL(/reason=damaged/);
  await row.getByRole("link", { name: task.number }).click();
  await expect(lead).toHaveURL(new RegExp(`/admin/dispatches/${task.document_id}$`));
});

test("what a document lacks that was finished in part is given back to the floor by a lead", async ({ lead }) => {
  const { task, lines } = await freshTask((found) => found.length >= 2);
  await give(lead, task.id, { worker: "marko" });
  await act("marko", task.id, { do: "short", line_id: lines[0].id, reason: "not_found", text: null });
  await act("marko", task.id, { do: "finish", partial_confirmed: true });
  await open(lead, `/admin/dispatches/${task.document_id}`);
  await lead.getByTestId("give-back-rest").click();
  await expect(lead.getByTestId("give-back-rest")).toHaveCount(0);
  const { task: again, lines: left } = await read(task.id);
  expect([again.state, again.worker_id, again.document_status]).toEqual(["open", null, "in_progress"]);
  expect(left.every((line) => line.reason === null)).toBe(true);
});

test("a site lets what is missing become work again by itself", async ({ lead }) => {
  await open(lead, "/admin/shortages");
  const row = lead.getByTestId("rest-policy").first();
  await expect(row).toBeInViewport();
  await expect(row.getByTestId("rest-state")).toHaveText("By a lead's word");
  await expect(row.getByTestId("rest-means")).toContainText("A lead gives");
  await row.getByTestId("rest-change").click();
  await expect(row.getByTestId("rest-state")).toHaveText("By itself, once");
  await expect(row.getByTestId("rest-means")).toContainText("as soon as it is finished in part");
  await row.getByTestId("rest-change").click();
  await expect(row.getByTestId("rest-state")).toHaveText("By a lead's word");
});

test("a finished document says that the ERP does not have it, and is marked as entered with a note", async ({ lead }) => {
  const { task, lines } = await freshTask((found) => found.length >= 1);
  await give(lead, task.id, { worker: "marko" });
  await open(lead, `/admin/dispatches/${task.document_id}`);
  const erp = lead.getByTestId("erp-entry");
  await expect(erp).toHaveAttribute("data-state", "not_due");
  await act("marko", task.id, { do: "short", line_id: lines[0].id, reason: "damaged", text: null });
  await act("marko", task.id, { do: "finish", partial_confirmed: true });
  await expect(erp).toHaveAttribute("data-state", "waits");
  await expect(erp).toContainText("is not sent by itself");
  await expect(erp.getByTestId("erp-mark")).toBeDisabled();
  await erp.getByTestId("erp-note").fill("Issued as 26-77.");
  await erp.getByTestId("erp-mark").click();
  await expect(erp).toHaveAttribute("data-state", "entered");
  await expect(erp).toContainText("Issued as 26-77.");
  await open(lead, `/admin/dispatches?only_unentered=1&q=${task.number}`);
  await expect(lead.getByTestId("doc-row")).toHaveCount(0);
});

test("a document type gets a name that the documents show", async ({ lead }) => {
  const { task } = await freshTask((found) => found.length >= 1);
  await open(lead, `/admin/dispatches/${task.document_id}`);
  const code = (await lead.getByRole("heading", { level: 1 }).innerText()).split(" · ")[1].trim();
  await open(lead, "/admin/document-types");
  const row = lead.locator(`[data-testid=doc-type-row][data-key="${code}"]`);
  await row.getByTestId("doc-type-name").fill("Wholesale");
  await row.getByTestId("doc-type-save").click();
  await expect(row).toContainText("Outbound");
  await expect(row.getByRole("cell", { name: "Wholesale", exact: true })).toBeVisible();
  await open(lead, `/admin/dispatches?q=${task.number}`);
  await expect(lead.getByTestId("doc-row").first()).toContainText("Wholesale");
});
