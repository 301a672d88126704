import { createAwsBackend } from './backend.ts';
import { readFunctionConfig } from './config.ts';
import { contextOptions, createContext } from './context.ts';
import { describeError } from './described-error.ts';
import { readPolicy } from './policy/read-policy.ts';
import { printableJson } from './printable-json.ts';
import { createServiceLog } from './service-log.ts';
import { createWorkerHandler } from './worker-handler.ts';

const config = readFunctionConfig(process.env);

const writeLine = (line: object): void => {
  process.stdout.write(`${printableJson(line)}\n`);
};

const log = createServiceLog((entry, msg) => writeLine({ level: 'warn', ...entry, msg }));

const context = createContext(
  createAwsBackend(config.AWS_REGION, log.warning),
  contextOptions(config, await readPolicy(config.POLICY_FILE), log),
);

/** The worker function: schedules and the queue of EventBridge's events in, one line of JSON a run out. */
export const handler = createWorkerHandler({
  ...context,
  report: writeLine,
  onError: (error) => writeLine({ level: 'error', error: describeError(error) }),
});
