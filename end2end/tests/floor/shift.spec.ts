import { base, call, data } from "../support/api";
import { expect, linked, open, test } from "../support/app";
import type { Page } from "@playwright/test";

interface Staff { shifts: { id: number; warehouse_id: number; name: string }[] }

// A network that is cut makes browsers complain.
test.use({ troubled: true });
test.beforeAll(data);

async function ask<T>(lead: Page, path: string, body: unknown): Promise<T> {
  const answer = await lead.request.post(`/api/fn/${path}`, { data: body, headers: { origin: new URL(base).origin } });
  const text = await answer.text();
  expect(answer.ok(), `${path}: ${answer.status()} ${text}`).toBe(true);
  return JSON.parse(text);
}

/** Lets the day's shifts lie around the present, whatever the time of day: A and B both at work, A first to end. */
async function inTheOverlap(page: Page, own: string | null): Promise<void> {
  await page.route("**/api/v1/session", async (route) => {
    const answer = await route.fetch();
    const session = await answer.json();
    const at = (minutes: number) => new Date(Date.parse(session.as_of) + minutes * 60_000).toISOString();
    const shifts = [
      { name: "A", starts_at: at(-300), ends_at: at(120), break_starts_at: at(-180), break_ends_at: at(-150) },
      { name: "B", starts_at: at(-60), ends_at: at(360), break_starts_at: at(30), break_ends_at: at(60) },
    ];
    await route.fulfill({ response: answer, json: { ...session, shifts, own_shift: own } });
  });
}

test("the header shows the worker's own shift of the roster, whatever the time of day", async ({ lead, marko }) => {
  const { user_id: user, warehouse_id: site } = await call<{ user_id: number; warehouse_id: number }>("marko", "session");
  const { shifts } = await ask<Staff>(lead, "teams/staff", {});
  const { today } = await ask<{ today: string }>(lead, "teams/roster", { warehouse_id: site, day: null });
  const decide = (choice: unknown) => ask(lead, "teams/set_day", { warehouse_id: site, user_id: user, on: today, choice });
  try {
    for (const name of ["B", "A"]) {
      const shift = shifts.find((known) => known.name === name && known.warehouse_id === site)!;
      await decide({ day: "shift", shift: shift.id });
      await open(marko, "/floor");
      await expect(marko.getByTestId("shift")).toContainText(`· Shift ${name}`);
    }
  } finally {
    await decide({ day: "usual" });
  }
});

test("where two shifts overlap a worker's own one counts down alone, also without a network", async ({ marko }) => {
  await inTheOverlap(marko, "B");
  await open(marko, "/floor");
  const [own, other] = [marko.getByTestId("shift"), marko.getByTestId("other-shifts")];
  await expect(own).toHaveText(/^Break in (29:\d\d|30:00) ·\sShift B$/);
  await expect(other).toHaveText("");
  await linked(marko);
  await marko.unrouteAll({ behavior: "wait" });
  await marko.context().setOffline(true);
  const before = await own.innerText();
  await expect(own).not.toHaveText(before);
  await expect(own).toHaveText(/^Break in (29|28):\d\d ·\sShift B$/);
});

test("who is on no roster sees both shifts of the overlap", async ({ marko }) => {
  await inTheOverlap(marko, null);
  await open(marko, "/floor");
  await expect(marko.getByTestId("shift")).toHaveText(/^Ends in .* ·\sShift A$/);
  await expect(marko.getByTestId("other-shifts")).toHaveText(/^Break in .* ·\sShift B$/);
  await marko.unrouteAll({ behavior: "ignoreErrors" });
});
