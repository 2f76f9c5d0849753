import { asks, call, freshTask, whole } from "../support/api";
import { control, expect, give, linked, test } from "../support/app";
import { enter, goTo, label, scan, settled, stored, work } from "../support/floor";
import { given, kept } from "../support/handheld";

test.use({ troubled: true });

test("an act without a network stays on the screen and is sent once when it is back", async ({ lead, marko }) => {
  const { task, lines } = await freshTask((found) => found.length >= 2 && found.every(whole) && asks(found[0]) >= 3);
  await give(lead, task.id, { worker: "marko" });
  await work(marko, task.id);
  await goTo(marko, lines[0]);
  await marko.context().setOffline(true);
  await scan(marko, label(lines[0]));
  await expect(marko.getByTestId("waiting-count")).toHaveText("1 waiting");
  await expect(marko.getByTestId("remaining")).toHaveText(String(asks(lines[0]) - 1));
  await expect(marko.getByTestId("sending")).toBeVisible();
  await marko.getByTestId("outgoing").click();
  await expect(marko.getByTestId("outgoing-row")).toHaveCount(1);
  await expect(marko.getByTestId("retry")).toBeVisible();
  expect(Number((await stored(task.id, lines[0])).done)).toBe(0);

  await marko.context().setOffline(false);
  // It may have been sent by itself in the meantime.
  await marko.getByTestId("retry").click({ timeout: 2_000 }).catch(() => undefined);
  await settled(task.id, lines[0], 1);
  await expect(marko.getByTestId("outgoing-row")).toHaveAttribute("data-state", "sent");
  await expect(marko.getByTestId("waiting-count")).toBeHidden();
});

test("an act survives a reload while the network is away", async ({ lead, marko }) => {
  const { task, lines } = await freshTask((found) => found.length >= 2 && found.every(whole) && asks(found[0]) >= 3);
  await give(lead, task.id, { worker: "marko" });
  await work(marko, task.id);
  await goTo(marko, lines[0]);
  await marko.route("**/api/v1/operations/batch", (route) => route.abort());
  await enter(marko, "2");
  await expect(marko.getByTestId("waiting-count")).toHaveText("1 waiting");
  await marko.unroute("**/api/v1/operations/batch");
  await marko.reload();
  await settled(task.id, lines[0], 2);
});

test("a handheld that starts reads each task once, and a list that did not change is not sent again", async ({ lead, browser }) => {
  const { task, marko } = await given(lead, browser, (found) => found.length >= 1 && found.every(whole));
  const { rows: { length: tasks } } = await call<{ rows: unknown[] }>("marko", "tasks?mine=true&limit=100");
  await expect.poll(() => marko.evaluate(async () => (await (globalThis as any).crossdock.below("tasks", "")).length), {
    message: "tasks on the device", timeout: 30_000,
  }).toBe(tasks);
  await marko.evaluate(async () => {
    const device = (globalThis as any).crossdock;
    const who = await device.get("meta", "who");
    const found: { task: { id: number } }[] = await device.below("tasks", "");
    await Promise.all(found.map(({ task: { id } }) => device.remove("tasks", `${who.user_id}/${id}`)));
  });
  const reads = new Map<string, number>();
  const lists: number[] = [];
  let goOn = () => {};
  const held = new Promise<void>((done) => { goOn = done; });
  marko.on("response", (answer) => { if (answer.url().includes("/tasks?mine")) lists.push(answer.status()); });
  await marko.context().route(/\/api\/v1\/tasks\/\d+$/, async (route) => {
    const url = route.request().url();
    reads.set(url, (reads.get(url) ?? 0) + 1);
    await held;
    await route.continue();
  });
  await marko.reload();
  // The second list is that of the live link; the first task is still being read.
  await expect.poll(() => lists.length, { timeout: 30_000 }).toBeGreaterThanOrEqual(2);
  goOn();
  await kept(marko, task.id);
  await expect.poll(() => reads.size, { timeout: 30_000 }).toBe(tasks);
  expect([...reads.values()], "reads of each task").toEqual(Array(tasks).fill(1));
  // One that changed in between is sent, and rightly: then it is looked at anew.
  let begun = 0;
  await expect(async () => {
    if (begun > 0) await marko.reload();
    await expect.poll(() => lists.length, { timeout: 30_000 }).toBeGreaterThanOrEqual(begun + 2);
    const [first, second] = lists.slice(begun, begun + 2);
    begun = lists.length;
    expect([first, second]).toEqual([200, 304]);
  }).toPass();
  await marko.context().close();
});

test("a restart of the server in mid-work loses no pick and doubles none", async ({ lead, marko }) => {
  test.slow();
  const { task, lines } = await freshTask((found) => found.length >= 2 && found.every(whole) && asks(found[0]) >= 4);
  await give(lead, task.id, { worker: "marko" });
  await work(marko, task.id);
  await goTo(marko, lines[0]);
  await scan(marko, label(lines[0]));
  await settled(task.id, lines[0], 1);
  await control("kill");
  await scan(marko, label(lines[0]));
  await expect(marko.getByTestId("waiting-count")).toHaveText("1 waiting");
  await control("start");
  await settled(task.id, lines[0], 2);
  await linked(marko);
});
