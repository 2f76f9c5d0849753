import { existsSync } from "node:fs";
import { asks, freshTask, whole, type Line } from "../support/api";
import { expect, give, test } from "../support/app";
import { goTo, label, settled, work } from "../support/floor";

const executablePath = [process.env.CHROMIUM_PATH, "/usr/bin/chromium", "/usr/bin/google-chrome"]
  .find((path) => path && existsSync(path));
test.use({
  launchOptions: {
    executablePath, args: ["--no-sandbox", "--disable-gpu", "--use-fake-device-for-media-stream", "--use-fake-ui-for-media-stream"],
  },
});

const workable = (lines: Line[]) => lines.length >= 2 && lines.every(whole) && asks(lines[0]) >= 2;

test("a code is read with the camera where there is no scanner", async ({ lead, marko }) => {
  const { task, lines } = await freshTask(workable);
  await give(lead, task.id, { worker: "marko" });
  // The machine that runs this has no reader of codes: this one sees what is held before it.
  await marko.addInitScript((code) => {
    (globalThis as any).BarcodeDetector = class { async detect() { return [{ rawValue: code }]; } };
  }, label(lines[0]));
  await marko.context().grantPermissions(["camera"]);
  await work(marko, task.id);
  await goTo(marko, lines[0]);
  await marko.getByTestId("type-code").click();
  await marko.getByTestId("use-camera").click();
  await settled(task.id, lines[0], 1);
  await expect(marko.getByTestId("camera")).toHaveCount(0);
});

test("the torch is lit at a touch where the camera has one", async ({ lead, marko }) => {
  const { task, lines } = await freshTask(workable);
  await give(lead, task.id, { worker: "marko" });
  // A camera with a torch, before which nothing can be read in the dark.
  await marko.addInitScript((code) => {
    const lit: boolean[] = [];
    MediaStreamTrack.prototype.getCapabilities = () => ({ torch: true }) as MediaTrackCapabilities;
    MediaStreamTrack.prototype.applyConstraints = async (wanted) => {
      lit.push(Boolean((wanted?.advanced?.[0] as { torch?: boolean } | undefined)?.torch));
    };
    (globalThis as any).BarcodeDetector = class { async detect() { return lit.at(-1) ? [{ rawValue: code }] : []; } };
  }, label(lines[0]));
  await marko.context().grantPermissions(["camera"]);
  await work(marko, task.id);
  await goTo(marko, lines[0]);
  await marko.getByTestId("type-code").click();
  await marko.getByTestId("use-camera").click();
  await marko.getByTestId("torch").click();
  await settled(task.id, lines[0], 1);
  await expect(marko.getByTestId("camera")).toHaveCount(0);
});
