// What both peers share: the messages, sending one, and the conversation with the bench, line by line:
// it hears that everything is queued, says "go" and "stop", and ends the input.
import readline from "node:readline";
import { Pool } from "undici";

const count = Number(process.env.COUNT);
export const url = process.env.DATABASE_URL;
// As many connections as jobs of graphile-worker run at once.
export const AT_ONCE = 24;
const upstream = new Pool(process.env.UPSTREAM, { connections: AT_ONCE });

/** Hands the messages over, a thousand at a time. */
export async function queue(add) {
  for (let first = 0; first < count; first += 1000) {
    const many = Array.from({ length: Math.min(1000, count - first) }, (_, n) => message(first + n));
    await add(many);
  }
}

function message(number) {
  return {
    id: String(number),
    document: Math.floor(number / 2),
    number: `BENCH-${String(number).padStart(6, "0")}`,
    lines: 12,
    note: "finished by the floor, with every line done and nothing left to be decided",
  };
}

/** Posts one; throws unless it is accepted. */
export async function send(message) {
  const { statusCode, body } = await upstream.request({
    path: "/hook",
    method: "POST",
    headers: { "content-type": "application/json", "webhook-id": message.id },
    body: JSON.stringify(message),
  });
  await body.dump();
  if (statusCode >= 300) throw new Error(`it answered ${statusCode}`);
}

/** Speaks with the bench until it ends the input. */
export async function converse({ go, stop }) {
  console.log(JSON.stringify({ queued: count }));
  for await (const line of readline.createInterface({ input: process.stdin })) {
    await (line === "go" ? go() : stop());
    console.log(JSON.stringify({ done: line }));
  }
  process.exit(0);
}
