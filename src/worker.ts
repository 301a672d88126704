import { createAwsBackend } from './backend.ts';
import { readFunctionConfig } from './config.ts';
import { contextOptions, createContext } from './context.ts';
import { describeError } from './described-error.ts';
import { readPolicy } from './policy/read-policy.ts';
import { printableJson } from './printable-json.ts';
import { createWorkerHandler } from './worker-handler.ts';

const config = readFunctionConfig(process.env);

const { ports, policy } = createContext(
  createAwsBackend(config.AWS_REGION),
  contextOptions(config, await readPolicy(config.POLICY_FILE)),
);

const writeLine = (line: object): void => {
  process.stdout.write(`${printableJson(line)}\n`);
};

/** The worker function: schedules and the queue of EventBridge's events in, one line of JSON a run out. */
export const handler = createWorkerHandler({
  ports,
  policy,
  report: writeLine,
  onError: (error) => writeLine({ level: 'error', error: describeError(error) }),
});
