import { act, asks, data, freshTask } from "../tests/support/api";
import { command, expect, give, linked, open, test } from "../tests/support/app";
import { goTo, work } from "../tests/support/floor";

const pictures = process.env.CROSSDOCK_PICTURES!;

test("the pictures of the README", async ({ lead, marko, tv }) => {
  test.setTimeout(300_000);
  await data();
  const fits = (lines: { decimals: number }[]) => lines.length >= 4 && lines.length <= 14 && lines.slice(0, 4).every((line) => line.decimals === 0);
  const { task, lines } = await freshTask((found) => fits(found) && found[2].barcodes.length > 0 && asks(found[2]) >= 6);
  await give(lead, task.id, { worker: "marko" });
  // What somebody holds stays for the pictures; the rest of the day is worked on.
  await command("seed", "--demo", "--work");
  for (const line of lines.slice(0, 2)) {
    await act("marko", task.id, { do: "pick", line_id: line.id, quantity: String(asks(line)), scanned: null, over_confirmed: false });
  }

  await open(lead, `/admin/dispatches/${task.document_id}`);
  await expect(lead.getByTestId("timeline-entry").first()).toBeVisible();
  await lead.screenshot({ path: `${pictures}/admin.png` });

  await work(marko, task.id);
  await goTo(marko, lines[2]);
  await expect(marko.getByTestId("scan-input")).toBeFocused();
  await marko.screenshot({ path: `${pictures}/floor.png` });

  await open(tv, "/board");
  await linked(tv);
  await expect(tv.getByTestId("leader-row").first()).toBeVisible();
  await tv.screenshot({ path: `${pictures}/board.png` });
});
