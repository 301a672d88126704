import { setTimeout as sleep } from 'node:timers/promises';
import type { FastifyInstance } from 'fastify';
import { banner } from './banner.ts';
import type { Config } from './config.ts';
import { contextOptions, createContext } from './context.ts';
import { describeError } from './described-error.ts';
import { requireProxiesNamed } from './edge/trusted-proxies.ts';
import { startHousekeeping } from './housekeeping.ts';
import { buildApp } from './http/app.ts';
import type { ServiceContext } from './http/app-context.ts';
import { createCallers } from './http/callers.ts';
import { byOperatorKey } from './http/operator-key.ts';
import { keptOperatorKey } from './local/operator-key.ts';
import type { Loop } from './loop.ts';
import { openBackend } from './open-backend.ts';
import { LOCAL_POLICY } from './policy/local-policy.ts';
import { readPolicy } from './policy/read-policy.ts';
import { printableJsonText } from './printable-json.ts';
import { serverEdge } from './server-edge.ts';
import { createServiceLog } from './service-log.ts';

const LOCAL_SWEEP_MS = 2_000;
const AWS_SWEEP_MS = 60_000;
/** After a signal requests under way have so long to end by themselves, before their work is cut short. */
const GRACE_MS = 2_500;
/** Then what was begun is written down, and the process ends. Supervisors kill after ten seconds. */
const SHUTDOWN_MS = 9_500;
/** How long refusals that were noted lately may take to be written. */
const REFUSALS_MS = 500;
/** Each request in progress holds at most what its limits allow, so that so many of them fit into 128 MB. */
const MOST_CALLERS = 1_000;
/** No answer takes longer, whatever a request waits for: its own deadline comes before. */
const HANDLER_MS = 24_000;

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
  let app: FastifyInstance | undefined;
  const log = createServiceLog((entry, message) => app?.log.warn(entry, message));
  const { warning } = log;
  const backend = await openBackend(config, { operatorSecret: operatorKey, warning, onRegistration });
  const context = createContext(backend, contextOptions(config, policy, log));
  const server = createServer(config, context, operatorKey);
  app = server.app;
  const url = await app.listen({ host: config.HOST, port: config.PORT }).catch(async (error: unknown) => {
    // An embedded AWS that still listens would keep the process alive after it said why it does not start.
    await backend.close();
    throw error;
  });
  const sweepEvery = local ? LOCAL_SWEEP_MS : AWS_SWEEP_MS;
  housekeeping = startHousekeeping(context, sweepEvery, (err) => server.app.log.error({ err }, 'sweep'));
  stopOnSignal(async () => {
    await Promise.all([server.stop(), housekeeping.stop()]);
    await context.refusals.written(REFUSALS_MS);
    await backend.close();
  });
  // Whoever reads it may send a signal at once.
  process.stdout.write(
    banner({ url, awsUrl: backend.embeddedUrl, kept, isTerminal: process.stdout.isTTY, config }),
  );
};

const createServer = (config: Config, context: ServiceContext, operatorKey: string | undefined) => {
  const edge = serverEdge(config);
  const callers = createCallers(MOST_CALLERS);
  const app = buildApp(
    {
      ...context,
      servedFrom: new URL('../', import.meta.url),
      publicUrl: config.PUBLIC_URL,
      edge,
      callers,
      operators: byOperatorKey(operatorKey),
    },
    {
      logger: { stream: printableLog, serializers: { err: serializedError } },
      forceCloseConnections: 'idle',
      handlerTimeout: HANDLER_MS,
      trustProxy: edge.isProxy,
    },
  );
  let stopping = false;
  // A connection that its client keeps alive after the last answer would hold the server open.
  app.addHook('onSend', async (_request, reply) => {
    if (stopping) reply.header('connection', 'close');
  });
  const stop = async () => {
    stopping = true;
    const impatience = setTimeout(() => callers.dismiss(), GRACE_MS);
    await app.close();
    clearTimeout(impatience);
  };
  return { app, stop };
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
