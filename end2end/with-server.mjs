#!/usr/bin/env node
// Runs a command with a Crossdock of its own: demo people, simulated ERP, free ports.
//   DATABASE_URL=... end2end/with-server.mjs COMMAND...
// The command finds it at CROSSDOCK_URL, and at CROSSDOCK_CONTROL a way to stop and start it.
import { spawn } from "node:child_process";
import { cpSync, createWriteStream, mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { createServer } from "node:http";
import { createServer as createListener } from "node:net";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const here = dirname(fileURLToPath(import.meta.url));
const command = process.argv.slice(2);
const binary = process.env.CROSSDOCK_BINARY ?? join(process.env.CARGO_TARGET_DIR, "debug", "crossdock");
// Two halves of the specs may run side by side.
const half = process.env.CROSSDOCK_HALF;
const results = join("end2end", "results", half ? `${half}-specs` : "");
const logged = join(results, "server.log");
mkdirSync(join(here, "..", results), { recursive: true });
const log = createWriteStream(join(here, "..", logged));
const data = mkdtempSync(join(tmpdir(), "crossdock-e2e-"));
// A copy: specs deploy another build.
const site = join(data, "site");
cpSync(process.env.CROSSDOCK_SITE_ROOT, site, { recursive: true });

const freePort = () => new Promise((resolve, reject) => {
  const listener = createListener();
  listener.once("error", reject);
  listener.listen(0, "127.0.0.1", () => {
    const { port } = listener.address();
    listener.close(() => resolve(port));
  });
});

const [port, simulatorPort, odooPort] = [await freePort(), await freePort(), await freePort()];
const url = `http://127.0.0.1:${port}`;
// Crossdock refuses settings it does not know, and the caller's are not meant for it.
const kept = Object.entries(process.env).filter(([name]) => !/^(CROSSDOCK|CUNGUWMS|WMS|LEPTOS)_/.test(name));
const environment = {
  ...Object.fromEntries(kept),
  CROSSDOCK_SITE_ROOT: site,
  CROSSDOCK_BIND: `127.0.0.1:${port}`,
  CROSSDOCK_DATA_DIR: data,
  CROSSDOCK_DEMO_SIMULATOR_PORT: String(simulatorPort),
  // Specs sign in more often from one address than people do.
  CROSSDOCK_LOGIN_FAILURES_PER_SOURCE: "1000",
  CROSSDOCK_WEBHOOK_ALLOWED_HOSTS: "127.0.0.1",
};

let server = null;
let ending = false;

function run(arguments_) {
  const child = spawn(binary, arguments_, { cwd: data, env: environment, stdio: ["ignore", "pipe", "pipe"] });
  child.stdout.pipe(log, { end: false });
  child.stderr.pipe(log, { end: false });
  child.ended = new Promise((resolve) => child.once("exit", (code, signal) => resolve(code ?? signal)));
  return child;
}

async function healthy() {
  for (let tries = 0; tries < 600; tries += 1) {
    const answer = await fetch(`${url}/health/db`).catch(() => null);
    if (answer?.ok) return;
    if (server.exitCode !== null || server.signalCode !== null) break;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  throw new Error(`Crossdock does not answer; see ${logged}`);
}

async function start() {
  // One that ended by itself is not started again: that is a fault, which whoever asks is told.
  if (!server) {
    server = run(["serve"]);
    const mine = server;
    mine.ended.then((how) => {
      if (!ending && server === mine) console.error(`Crossdock ended by itself (${how}); see ${logged}`);
    });
  }
  await healthy();
}

async function stop(signal = "SIGTERM") {
  const stopping = server;
  server = null;
  if (stopping && stopping.exitCode === null && stopping.signalCode === null) stopping.kill(signal);
  await stopping?.ended;
}

async function text(stream) {
  const parts = [];
  for await (const part of stream) parts.push(part);
  return Buffer.concat(parts).toString();
}

/** Runs the program beside the server, on the same database. */
async function runCommand(arguments_) {
  const how = await run(arguments_).ended;
  if (how !== 0) throw new Error(`crossdock ${arguments_.join(" ")} ended with ${how}; see ${logged}`);
}

async function obey(request, response) {
  try {
    if (request.url === "/stop") await stop();
    else if (request.url === "/kill") await stop("SIGKILL");
    else if (request.url === "/start") await start();
    else if (request.url === "/command") await runCommand(JSON.parse(await text(request)));
    response.writeHead(204).end();
  } catch (error) {
    response.writeHead(500).end(String(error));
  }
}

// One after the other: a server is not started while it is being stopped.
let obeyed = Promise.resolve();
const control = createServer((request, response) => { obeyed = obeyed.then(() => obey(request, response)); });

async function finish(code) {
  ending = true;
  control.close();
  odoo.kill();
  await Promise.all([stop(), odoo.ended]);
  rmSync(data, { recursive: true, force: true });
  process.exit(code);
}

const seeded = await run(["seed", "--demo"]).ended;
if (seeded !== 0) {
  console.error(`the demo data could not be set up; see ${logged}`);
  rmSync(data, { recursive: true, force: true });
  process.exit(1);
}
// Beside the server and connected by nobody: specs that want a second ERP set it up.
const odoo = run(["simulate", "odoo", "--port", String(odooPort), "--change-every", "0"]);
await start().catch(async (error) => { console.error(error.message); await finish(1); });
control.listen(0, "127.0.0.1", () => {
  const child = spawn(command[0], command.slice(1), {
    stdio: "inherit",
    env: {
      ...process.env,
      CROSSDOCK_URL: url,
      CROSSDOCK_SITE_ROOT: site,
      CROSSDOCK_CONTROL: `http://127.0.0.1:${control.address().port}`,
      CROSSDOCK_ODOO: `http://127.0.0.1:${odooPort}`,
      CROSSDOCK_SIMULATOR: `http://127.0.0.1:${simulatorPort}`,
    },
  });
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"]) process.on(signal, () => child.kill(signal));
  child.once("exit", (code) => finish(code ?? 1));
});
