import { data, freshTask } from "../support/api";
import { expect, open, test } from "../support/app";

test.beforeAll(data);

test("a dispatch shows its lines with match state and flags, and its timeline", async ({ lead }) => {
  const { task, lines } = await freshTask((found) => found.length >= 2);
  await open(lead, "/admin/dispatches");
  await lead.getByTestId("filter-q").fill(task.number);
  await lead.getByTestId("filter-q").press("Enter");
  await lead.locator(`[data-testid=doc-row][data-key="${task.number}"]`).getByRole("link").click();
  await expect(lead).toHaveURL(new RegExp(`/admin/dispatches/${task.document_id}$`));

  for (const heading of ["Match", "exists_in_wms", "wms_flag", "Requested", "Done", "Status", "Reason"]) {
    await expect(lead.getByRole("columnheader", { name: heading, exact: true })).toBeVisible();
  }
  const row = lead.locator(`[data-testid=line-row][data-key="${lines[0].item_code}"]`).first();
  await expect(row).toContainText(/By code|By barcode|ERP look-up/);
  await expect(row).toContainText("Yes");
  const timeline = lead.getByTestId("timeline-entry");
  await expect(timeline.last()).toHaveAttribute("data-key", "imported");
});

test("recalculating a document is written to its timeline", async ({ lead }) => {
  const { task } = await freshTask((found) => found.length >= 1);
  await open(lead, `/admin/dispatches/${task.document_id}`);
  await lead.getByTestId("recalculate").click();
  await expect(lead.getByTestId("toast")).toContainText("Matched again");
});

test.describe("an address of nothing", () => {
  // Browsers note the 404 on the console.
  test.use({ troubled: true });

  test("a document that is not there is answered as not found", async ({ lead }) => {
    await lead.goto("/admin/dispatches/999999999");
    await expect(lead.getByTestId("error").first()).toContainText("Not found");
  });
});
