import { call, freshTask } from "../support/api";
import { A_SECOND, expect, linked, open, test } from "../support/app";

test("a dispatch the lead gives to a worker appears on the open handheld within a second", async ({ lead, marko }) => {
  const { task } = await freshTask((lines) => lines.length >= 2);
  await open(marko, "/floor");
  await linked(marko);
  // What is downloaded for work without a network is no part of the second.
  const { rows: { length: tasks } } = await call<{ rows: unknown[] }>("marko", "tasks?mine=true&limit=100");
  const known = () => marko.evaluate(async () => (await (globalThis as any).crossdock.below("tasks", "")).length);
  await expect.poll(known, { message: "tasks on the device", timeout: 30_000 }).toBe(tasks);
  await marko.evaluate(() => { (window as unknown as { kept: boolean }).kept = true; });

  await open(lead, `/admin/dispatches/${task.document_id}`);
  await lead.getByTestId("assign").click();
  const choice = lead.getByTestId("assign-dialog").getByTestId("assign-worker-marko");
  await expect(choice).toBeVisible();
  await choice.click();

  await expect(marko.locator(`[data-testid=task-row][data-task="${task.id}"]`)).toBeVisible({ timeout: A_SECOND });
  expect(await marko.evaluate(() => (window as unknown as { kept?: boolean }).kept), "no reload").toBe(true);
  await expect(lead.getByTestId("assigned-to")).toHaveText("Marko Ilić");
  await expect(lead.locator("[data-testid=timeline-entry][data-key=assigned]").first()).toBeVisible();
});

test("a task taken back leaves the handheld by itself", async ({ lead, marko }) => {
  const { task } = await freshTask((lines) => lines.length >= 1);
  await open(marko, "/floor");
  await linked(marko);
  const row = marko.locator(`[data-testid=task-row][data-task="${task.id}"]`);
  await open(lead, `/admin/dispatches/${task.document_id}`);
  await lead.getByTestId("assign").click();
  await lead.getByTestId("assign-worker-marko").click();
  await expect(row).toBeVisible();
  await lead.getByTestId("assign").click();
  await lead.getByTestId("assign-nobody").click();
  await expect(row).toHaveCount(0);
});
