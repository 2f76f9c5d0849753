import { existsSync } from "node:fs";
import { defineConfig } from "@playwright/test";

const chromium = [process.env.CHROMIUM_PATH, "/usr/bin/chromium", "/usr/bin/google-chrome"]
  .find((path) => path && existsSync(path));

// Half of the specs: `floor`, or `office`, which is all the others; without a word, all.
const half = process.env.CROSSDOCK_HALF;
const floor = /[\\/](floor|boards|story)[\\/][^\\/]+\.spec\.ts$/;

export default defineConfig({
  testDir: process.env.CROSSDOCK_SPECS ?? "tests",
  ...(half === "floor" ? { testMatch: floor } : {}),
  ...(half === "office" ? { testIgnore: floor } : {}),
  outputDir: half ? `results/${half}-specs/traces` : "results/traces",
  // One database and one simulated ERP serve all of them.
  workers: 1,
  fullyParallel: false,
  forbidOnly: true,
  // A shared build machine may stall a browser for seconds; what needs another try is reported as flaky.
  retries: process.env.CI ? 2 : 0,
  timeout: process.env.CI ? 180_000 : 60_000,
  expect: { timeout: process.env.CI ? 20_000 : 10_000 },
  reporter: process.env.CROSSDOCK_SPECS ? "line" : [["list"]],
  use: {
    baseURL: process.env.CROSSDOCK_URL,
    locale: "en-GB",
    timezoneId: "Europe/Belgrade",
    actionTimeout: process.env.CI ? 30_000 : 15_000,
    // A trace costs half as much again as the spec itself: `--trace on` asks for one, and a second try has one.
    trace: "on-first-retry",
    launchOptions: {
      executablePath: chromium,
      args: [
        "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
        "--disable-background-networking", "--disable-component-update", "--disable-sync",
        // Each spec loads the module anew: optimising it takes longer than it is used. Pictures are timed.
        ...(process.env.CROSSDOCK_SPECS ? [] : ["--js-flags=--liftoff-only"]),
      ],
    },
  },
});
