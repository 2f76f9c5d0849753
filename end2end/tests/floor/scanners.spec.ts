import { asks, freshTask, whole, type Line } from "../support/api";
import { expect, give, open, test } from "../support/app";
import { goTo, label, scan, settled, stored, work } from "../support/floor";

const workable = (lines: Line[]) =>
  lines.length >= 2 && lines.slice(0, 2).every(whole) && asks(lines[0]) >= 5 && lines[0].item_code !== lines[1].item_code;

test("scanners that end with Tab or with nothing, or insert their text as an input method does, pick like one with Enter", async ({ lead, marko }) => {
  const { task, lines } = await freshTask(workable);
  await give(lead, task.id, { worker: "marko" });
  await work(marko, task.id);
  await goTo(marko, lines[0]);
  const field = marko.getByTestId("scan-input");
  await expect(field).toHaveAttribute("inputmode", "none");
  const code = label(lines[0]);

  await scan(marko, code, "none");
  await settled(task.id, lines[0], 1);
  await scan(marko, code, "Tab");
  await settled(task.id, lines[0], 2);
  await expect(field).toBeFocused();
  // A touch elsewhere takes the focus away for a moment only.
  await marko.getByTestId("item-code").click();
  await expect(field).toBeFocused();
  await marko.keyboard.insertText(code);
  await settled(task.id, lines[0], 3);
  await marko.keyboard.insertText(code);
  await marko.keyboard.press("Enter");
  await settled(task.id, lines[0], 4);
  await expect(field).toHaveValue("");
});

test("right and wrong are felt and heard each in its own way, a refusal stays until it is answered, and sounds can be turned off", async ({ lead, marko }) => {
  const { task, lines } = await freshTask(workable);
  await give(lead, task.id, { worker: "marko" });
  await marko.addInitScript(() => {
    const heard = { vibrations: [] as number[][], tones: 0 };
    (globalThis as any).heard = heard;
    Object.defineProperty(Navigator.prototype, "vibrate", {
      value: (pattern: number[]) => { heard.vibrations.push([...pattern]); return true; }, configurable: true,
    });
    const make = AudioContext.prototype.createOscillator;
    AudioContext.prototype.createOscillator = function tone() { heard.tones += 1; return make.call(this); };
  });
  const heard = () => marko.evaluate(() => (globalThis as any).heard as { vibrations: number[][]; tones: number });
  await work(marko, task.id);
  await goTo(marko, lines[0]);
  await scan(marko, label(lines[0]));
  await settled(task.id, lines[0], 1);
  expect(await heard()).toEqual({ vibrations: [[40]], tones: 1 });

  await scan(marko, lines[1].item_code);
  await expect(marko.getByTestId("refusal")).toContainText("Wrong item");
  expect(await heard()).toEqual({ vibrations: [[40], [300, 100, 300]], tones: 3 });
  await scan(marko, label(lines[0]));
  await expect(marko.getByTestId("refusal")).toBeVisible();
  expect(Number((await stored(task.id, lines[0])).done), "nothing is picked behind a refusal").toBe(1);
  await marko.getByTestId("acknowledge").click();
  await expect(marko.getByTestId("refusal")).toHaveCount(0);

  const { tones, vibrations } = await heard();
  await marko.getByTestId("mute").click();
  await scan(marko, label(lines[0]));
  await settled(task.id, lines[0], 2);
  expect(await heard(), "felt, not heard").toEqual({ tones, vibrations: [...vibrations, [40]] });
  await marko.reload();
  await expect(marko.getByTestId("mute")).toHaveAttribute("aria-label", "Turn sounds on");
  await marko.getByTestId("mute").click();
});

test("the header shows the battery, red when it is nearly empty, beside the link", async ({ marko }) => {
  await marko.addInitScript(() => {
    Object.defineProperty(Navigator.prototype, "getBattery", {
      value: async () => ({
        level: 0.12, get charging() { return location.hash === "#plugged"; }, addEventListener: () => undefined,
      }),
      configurable: true,
    });
  });
  await open(marko, "/floor");
  await expect(marko.getByTestId("battery")).toHaveText("12 %");
  await expect(marko.getByTestId("battery")).toHaveClass(/bg-red-600/);
  await marko.goto("/floor#plugged");
  await marko.reload();
  await expect(marko.getByTestId("battery")).toHaveText("⚡ 12 %");
  await expect(marko.getByTestId("battery")).not.toHaveClass(/bg-red-600/);
  await expect(marko.getByTestId("link-state")).toContainText("Live");
});
