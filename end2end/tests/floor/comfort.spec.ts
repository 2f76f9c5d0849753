import { asks, freshTask, task as read, whole, type Line } from "../support/api";
import { expect, give, test } from "../support/app";
import { enter, goTo, settled, work } from "../support/floor";
import { cut, handheld, openOffline, pickTimes, signIn, start, waiting } from "../support/handheld";

const workable = (lines: Line[]) =>
  lines.length >= 3 && lines.length <= 10 && lines.every(whole) && lines.slice(0, 2).every((line) => asks(line) >= 2 && asks(line) <= 60);

test("the rest of a task is marked as missing with one touch and a reason", async ({ lead, marko }) => {
  const { task, lines } = await freshTask(workable);
  await give(lead, task.id, { worker: "marko" });
  await work(marko, task.id);
  await goTo(marko, lines[0]);
  await enter(marko, String(asks(lines[0])));
  await marko.getByTestId("finish").click();
  await marko.getByTestId("short-rest").click();
  await marko.getByTestId("rest-not-found").click();
  await expect(marko.getByTestId("all-handled")).toContainText(`${lines.length - 1} lines are short`);
  await expect.poll(async () => (await read(task.id)).lines.filter(({ reason }) => reason === "not_found").length).toBe(lines.length - 1);
});

test("a PIN locks a shared device without a network, keeps the work, and gives way to the password", async ({ lead, browser }) => {
  const { task, lines } = await freshTask(workable);
  await give(lead, task.id, { worker: "marko" });
  const marko = await handheld(browser);
  await start(marko, "marko", task.id);
  await marko.getByTestId("lock").click();
  await marko.getByTestId("pin").fill("12");
  await marko.getByTestId("pin-enter").click();
  await expect(marko.getByTestId("pin-problem")).toContainText("at least 4");
  await marko.getByTestId("pin").fill("4711");
  await marko.getByTestId("pin-enter").click();
  await expect(marko.getByTestId("lock")).toHaveText("Lock");
  const back = await cut(marko);
  await openOffline(marko, task.id);
  await pickTimes(marko, lines[0], 1);
  await marko.getByTestId("back").click();
  await marko.getByTestId("lock").click();
  await expect(marko.getByTestId("locked")).toContainText("Locked by Marko");
  await marko.reload();
  await expect(marko.getByTestId("locked")).toBeVisible();
  await expect(waiting(marko)).toHaveText("1 waiting");
  for (let tries = 0; tries < 6; tries += 1) {
    await marko.getByTestId("pin").fill(String(1000 + tries));
    await marko.getByTestId("pin-enter").click();
    await expect(marko.getByTestId("pin-problem")).toContainText(tries < 5 ? "not the PIN" : "Too many tries");
  }
  await back();
  await marko.getByTestId("sign-in-again").click();
  await signIn(marko, "marko");
  await expect(marko.getByTestId("locked")).toHaveCount(0);
  await settled(task.id, lines[0], 1);
  await marko.getByTestId("lock").click();
  await marko.getByTestId("pin").fill("4711");
  await marko.getByTestId("pin-enter").click();
  await expect(marko.getByTestId("locked")).toHaveCount(0);
  await marko.context().close();
});
