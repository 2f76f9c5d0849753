// pg-boss, fetched from in two loops and completed in batches, which is faster than its own workers:
// these look for jobs every half second at best.
import { PgBoss } from "pg-boss";
import { converse, queue, send, url } from "./bench.mjs";

const QUEUE = "deliver";
const LOOPS = 2;

const boss = new PgBoss({ connectionString: url, schedule: false, supervise: false });
boss.on("error", (error) => console.error(error));
await boss.start();
await boss.createQueue(QUEUE);
await queue((messages) => boss.insert(QUEUE, messages.map((data) => ({ data }))));

let stopped = false;
let loops = [];

async function loop() {
  while (!stopped) {
    const jobs = await boss.fetch(QUEUE, {
      batchSize: 1000,
      priority: false,
      orderByCreatedOn: false,
    });
    if (jobs.length === 0) {
      await new Promise((wake) => setTimeout(wake, 50));
      continue;
    }
    await Promise.all(jobs.map(({ data }) => send(data)));
    await boss.complete(
      QUEUE,
      jobs.map(({ id }) => id),
    );
  }
}

await converse({
  go: async () => {
    loops = Array.from({ length: LOOPS }, loop);
  },
  stop: async () => {
    stopped = true;
    await Promise.all(loops);
  },
});
