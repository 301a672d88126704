import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { FastifyInstance } from 'fastify';
import type { PortsFor } from '../../src/activation/ports.ts';
import { createContext } from '../../src/context.ts';
import { buildApp } from '../../src/http/app.ts';
import { startLocalBackend } from '../../src/local/backend.ts';
import { LOCAL_POLICY } from '../../src/policy/local-policy.ts';
import { NO_LOG } from '../../src/service-log.ts';
import { seedNodes } from '../../test/cli/fleet.ts';

const REGION = 'us-east-1';

/** A service whose ledger and SSM hold so many registered nodes, and that counts its calls to both. */
export interface Fleet {
  readonly names: number;
  readonly app: FastifyInstance;
  readonly portsFor: PortsFor;
  readonly ssm: Awaited<ReturnType<typeof startLocalBackend>>['ssm'];
  /** Calls to AWS since it was last asked. */
  callsSince(): number;
  stop(): Promise<void>;
}

export const startFleet = async (names: number): Promise<Fleet> => {
  const directory = await mkdtemp(join(tmpdir(), 'scale-'));
  await seedNodes(directory, names);
  const backend = await startLocalBackend({
    host: '127.0.0.1',
    port: 0,
    region: REGION,
    tableName: 'ssm-activation',
    faults: {},
    directory,
    clock: () => new Date(),
    warning: () => {},
    onRegistration: () => {},
  });
  let calls = 0;
  backend.ssm.middlewareStack.add((next) => async (given) => {
    calls += 1;
    return next(given);
  });
  backend.dynamoDb.middlewareStack.add((next) => async (given) => {
    calls += 1;
    return next(given);
  });
  const context = createContext(backend, {
    policy: LOCAL_POLICY,
    tableName: 'ssm-activation',
    nodeRole: 'ssm-activation-node',
    region: REGION,
    clock: () => new Date(),
    log: NO_LOG,
  });
  const servedFrom = new URL('../../', import.meta.url);
  const app = buildApp({ ...context, servedFrom, operators: () => 'operator' });
  await app.ready();
  return {
    names,
    app,
    portsFor: context.portsFor,
    ssm: backend.ssm,
    callsSince: () => {
      const since = calls;
      calls = 0;
      return since;
    },
    stop: async () => {
      await app.close();
      await backend.close();
      await rm(directory, { recursive: true });
    },
  };
};
