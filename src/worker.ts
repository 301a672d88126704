import { createAwsBackend } from './backend.ts';
import { readConfig } from './config.ts';
import { createContext } from './context.ts';
import { readPolicy } from './policy/read-policy.ts';
import { createWorkerHandler } from './worker-handler.ts';

const config = readConfig({ ...process.env, BACKEND: 'aws' });

const { ports } = createContext(createAwsBackend(config.AWS_REGION), {
  policy: await readPolicy(undefined),
  tableName: config.TABLE_NAME,
  nodeRole: config.NODE_ROLE,
  region: config.AWS_REGION,
  ssmPerSecond: config.SSM_MAX_TPS,
  clock: () => new Date(),
});

/** The worker function: schedules and EventBridge's events in, one line of JSON a run out. */
export const handler = createWorkerHandler(ports, (done) => {
  process.stdout.write(`${JSON.stringify(done)}\n`);
});
