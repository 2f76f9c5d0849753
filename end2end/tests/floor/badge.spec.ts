import { call, freshTask, whole, type Line } from "../support/api";
import { expect, give, open, test } from "../support/app";
import { scan } from "../support/floor";
import { cut, handheld, openOffline, signIn, start } from "../support/handheld";

const BADGE = "BADGE-000417";
const workable = (lines: Line[]) => lines.length >= 1 && lines.every(whole);

test("a badge unlocks the device without a network, and too many wrong ones leave only the password", async ({ admin, lead, browser }) => {
  const { user_id } = await call<{ user_id: number }>("jelena", "session");
  await open(admin, `/admin/users/${user_id}`);
  await admin.getByTestId("badge-code").fill(BADGE);
  await admin.getByTestId("badge-save").click();
  await expect(admin.getByTestId("badge-state")).toContainText("A badge is given");
  const { task } = await freshTask(workable);
  await give(lead, task.id, { worker: "jelena" });
  const jelena = await handheld(browser);
  await start(jelena, "jelena", task.id);
  await expect(jelena.getByTestId("lock")).toHaveText("Lock");
  const back = await cut(jelena);
  await openOffline(jelena, task.id);
  await jelena.getByTestId("back").click();
  await jelena.getByTestId("lock").click();
  await expect(jelena.getByTestId("pin")).toBeFocused();
  await scan(jelena, BADGE);
  await expect(jelena.getByTestId("locked")).toHaveCount(0);
  await jelena.getByTestId("lock").click();
  for (let tries = 0; tries < 6; tries += 1) {
    await jelena.getByTestId("pin").fill(`BADGE-OTHER-${tries}`);
    await jelena.getByTestId("pin-enter").click();
    await expect(jelena.getByTestId("pin-problem")).toContainText(tries < 5 ? "not the PIN" : "Too many tries");
  }
  await back();
  await jelena.getByTestId("sign-in-again").click();
  await signIn(jelena, "jelena");
  await expect(jelena.getByTestId("locked")).toHaveCount(0);
  await admin.getByTestId("badge-take").click();
  await expect(admin.getByTestId("badge-state")).toContainText("Scan a badge");
  await jelena.context().close();
});
