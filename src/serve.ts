import { setTimeout as sleep } from 'node:timers/promises';
import type { Backend } from './backend.ts';
import { banner } from './banner.ts';
import type { Config } from './config.ts';
import { contextOptions, createContext } from './context.ts';
import { describeError } from './described-error.ts';
import { requireProxiesNamed } from './edge/trusted-proxies.ts';
import { startHousekeeping } from './housekeeping.ts';
import { buildApp } from './http/app.ts';
import { byOperatorKey } from './http/operator-key.ts';
import { keptOperatorKey } from './local/operator-key.ts';
import type { Loop } from './loop.ts';
import { openBackend } from './open-backend.ts';
import { LOCAL_POLICY } from './policy/local-policy.ts';
import type { Policy } from './policy/policy.ts';
import { readPolicy } from './policy/read-policy.ts';
import { printableJsonText } from './printable-json.ts';
import { serverEdge } from './server-edge.ts';

const LOCAL_SWEEP_MS = 2_000;
const AWS_SWEEP_MS = 60_000;
/** How long requests under way may take to end after a signal. */
const SHUTDOWN_MS = 25_000;

/** Starts the server; it runs until SIGTERM or SIGINT, which end the process. */
export const serve = async (config: Config): Promise<void> => {
  const local = config.BACKEND === 'local';
  const policy = await readPolicy(config.POLICY_FILE, local ? LOCAL_POLICY : undefined);
  requireProxiesNamed(config, policy);
  const isKept = local && config.OPERATOR_KEY === undefined;
  const kept = isKept ? await keptOperatorKey(config.DATA_DIR) : undefined;
  const operatorKey = config.OPERATOR_KEY ?? kept?.key;
  let housekeeping: Loop | undefined;
  const onRegistration = () => housekeeping?.soon();
  const backend = await openBackend(config, { operatorSecret: operatorKey, onRegistration });
  const { app, ports, url, stop } = await listen(config, policy, backend, operatorKey).catch(
    async (error: unknown) => {
      // An embedded AWS that still listens would keep the process alive after it said why it does not start.
      await backend.close();
      throw error;
    },
  );
  const sweepEvery = local ? LOCAL_SWEEP_MS : AWS_SWEEP_MS;
  housekeeping = startHousekeeping(ports, policy, sweepEvery, (err) => app.log.error({ err }, 'sweep'));
  stopOnSignal(async () => {
    await stop();
    await housekeeping.stop();
    await backend.close();
  });
  // Whoever reads it may send a signal at once.
  process.stdout.write(
    banner({ url, awsUrl: backend.embeddedUrl, kept, isTerminal: process.stdout.isTTY, config }),
  );
};

const listen = async (config: Config, policy: Policy, backend: Backend, operatorKey: string | undefined) => {
  const context = createContext(backend, contextOptions(config, policy));
  const edge = serverEdge(config);
  const app = buildApp(
    {
      ...context,
      servedFrom: new URL('../', import.meta.url),
      publicUrl: config.PUBLIC_URL,
      edge,
      operators: byOperatorKey(operatorKey),
    },
    {
      logger: { stream: printableLog, serializers: { err: serializedError } },
      forceCloseConnections: 'idle',
      trustProxy: edge.isProxy,
    },
  );
  let stopping = false;
  // A connection that its client keeps alive after the last answer would hold the server open.
  app.addHook('onSend', async (_request, reply) => {
    if (stopping) reply.header('connection', 'close');
  });
  const url = await app.listen({ host: config.HOST, port: config.PORT });
  const stop = async () => {
    stopping = true;
    await app.close();
  };
  return { app, ports: context.ports, url, stop };
};

/** Whoever runs it reads it on a terminal, and reasons may quote what strangers sent. */
const printableLog = { write: (line: string) => process.stderr.write(printableJsonText(line)) };

/** Causes, and what an AggregateError holds, as the functions' logs have them. */
const serializedError = (error: Error) => ({
  ...describeError(error),
  type: error.name,
  stack: error.stack ?? error.message,
});

const stopOnSignal = (stop: () => Promise<void>): void => {
  const onSignal = () => {
    const late = sleep(SHUTDOWN_MS, 'late', { ref: false });
    void Promise.race([stop(), late]).then((end) => process.exit(end === 'late' ? 1 : 0));
  };
  process.once('SIGTERM', onSignal);
  process.once('SIGINT', onSignal);
};
