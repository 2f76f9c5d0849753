// graphile-worker with the settings of its own performance test: a local queue and batched completion.
import graphileWorker from "graphile-worker";
import { AT_ONCE, converse, queue, send, url } from "./bench.mjs";

const { Logger, makeWorkerUtils, run } = graphileWorker;
const logger = new Logger(() => () => {});

const utils = await makeWorkerUtils({ connectionString: url, logger });
await utils.migrate();
await queue((messages) =>
  utils.addJobs(messages.map((payload) => ({ identifier: "deliver", payload }))),
);
await utils.release();

let runner;
await converse({
  go: async () => {
    runner = await run({
      preset: {
        worker: {
          connectionString: url,
          concurrentJobs: AT_ONCE,
          maxPoolSize: AT_ONCE + 2,
          localQueue: { size: 500 },
          completeJobBatchDelay: 0,
          failJobBatchDelay: 0,
          logger,
        },
      },
      noHandleSignals: true,
      taskList: { deliver: send },
    });
  },
  stop: () => runner.stop(),
});
