import { setTimeout as sleep } from 'node:timers/promises';
import { createAwsBackend } from './backend.ts';
import { banner } from './banner.ts';
import { type Config, readConfig } from './config.ts';
import { createContext } from './context.ts';
import { buildApp } from './http/app.ts';
import { createOperatorKeyCheck } from './identity/operator-key.ts';
import { startLocalBackend } from './local/backend.ts';
import { keptOperatorKey } from './local/operator-key.ts';
import { LOCAL_POLICY } from './policy/policy.ts';
import { readPolicy } from './policy/read-policy.ts';
import { type SweepLoop, startSweepLoop } from './sweep-loop.ts';

const LOCAL_SWEEP_MS = 2_000;
const AWS_SWEEP_MS = 60_000;
/** How long requests under way may take to end after a signal. */
const SHUTDOWN_MS = 25_000;

const clock = () => new Date();

const start = async (config: Config): Promise<void> => {
  const local = config.BACKEND === 'local';
  const policy = await readPolicy(config.POLICY_FILE, local ? LOCAL_POLICY : undefined);
  let sweeps: SweepLoop | undefined;
  const backend = local
    ? await startLocalBackend({
        host: config.HOST,
        port: config.LOCAL_AWS_PORT,
        region: config.AWS_REGION,
        tableName: config.TABLE_NAME,
        directory: config.DATA_DIR,
        faults: {
          ...(config.LOCAL_SSM_TPS !== undefined && { tps: config.LOCAL_SSM_TPS }),
          ...(config.LOCAL_SSM_LATENCY_MS !== undefined && { latencyMs: config.LOCAL_SSM_LATENCY_MS }),
          ...(config.LOCAL_SSM_FAULT_RATE !== undefined && { faultRate: config.LOCAL_SSM_FAULT_RATE }),
        },
        clock,
        onRegistration: () => sweeps?.soon(),
      })
    : createAwsBackend(config.AWS_REGION);
  const context = createContext(backend, {
    policy,
    tableName: config.TABLE_NAME,
    nodeRole: config.NODE_ROLE,
    region: config.AWS_REGION,
    ssmPerSecond: config.SSM_MAX_TPS,
    clock,
  });
  const operatorKey = config.OPERATOR_KEY ?? (local ? await keptOperatorKey(config.DATA_DIR) : undefined);
  const isOperatorKey = operatorKey === undefined ? () => false : createOperatorKeyCheck(operatorKey);
  const app = buildApp(
    {
      ...context,
      operators: ({ headers }) => (isOperatorKey(headers.authorization) ? 'operator-key' : undefined),
    },
    { logger: { stream: process.stderr }, forceCloseConnections: 'idle' },
  );
  const url = await app.listen({ host: config.HOST, port: config.PORT });
  sweeps = startSweepLoop(context.ports, local ? LOCAL_SWEEP_MS : AWS_SWEEP_MS, (err) =>
    app.log.error({ err }, 'sweep'),
  );
  process.stdout.write(banner({ url, awsUrl: backend.embeddedUrl, operatorKey, config }));
  stopOnSignal(async () => {
    await app.close();
    await sweeps.stop();
    await backend.close();
  });
};

const stopOnSignal = (stop: () => Promise<void>): void => {
  const onSignal = () => {
    const late = sleep(SHUTDOWN_MS, 'late', { ref: false });
    void Promise.race([stop(), late]).then((end) => process.exit(end === 'late' ? 1 : 0));
  };
  process.once('SIGTERM', onSignal);
  process.once('SIGINT', onSignal);
};

try {
  await start(readConfig(process.env));
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.message : error}\n`);
  process.exit(1);
}
