import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import * as z from 'zod';
import { buildFunctions, type FunctionBundles } from '../../build.ts';
import { restEvent } from '../http/api-gateway-events.ts';
import { startFunction } from '../infra/built-functions.ts';
import { type Door, PATIENCE_MS, timed } from './door.ts';
import type { Stage } from './stage.ts';

const OPERATOR = 'arn:aws:iam::111122223333:user/alice';

const GatewayAnswer = z.object({
  statusCode: z.int(),
  headers: z.looseObject({ 'retry-after': z.union([z.string(), z.number()]).optional() }),
  body: z.string(),
});

export interface BuiltFunctions extends FunctionBundles {
  remove(): Promise<void>;
}

/** The functions as they are deployed: stages that run side by side share them. */
export const buildForTests = async (): Promise<BuiltFunctions> => {
  const directory = await mkdtemp(join(tmpdir(), 'faults-built-'));
  const remove = () => rm(directory, { recursive: true, force: true });
  return { ...(await buildFunctions(directory)), remove };
};

/** The deployed API function, in a process of its own, which Lambda would end after 29 s. */
export const startApiFunction = async ({ api }: FunctionBundles, stage: Stage): Promise<Door> => {
  const { invoke, close } = await startFunction(api, stage.environment);
  return {
    kind: 'lambda',
    ask: ({ method, path, query = {}, body, bearer, asOperator }) =>
      timed(async () => {
        const event = restEvent({
          method,
          path,
          query: Object.fromEntries(Object.entries(query).map(([key, value]) => [key, [value]])),
          headers: {
            ...(bearer && { Authorization: `Bearer ${bearer}` }),
            ...(body && { 'Content-Type': 'application/json' }),
          },
          ...(body && { body }),
          ...(asOperator && { userArn: OPERATOR }),
        });
        const answer = await Promise.race([
          invoke(event, PATIENCE_MS),
          sleep(PATIENCE_MS, undefined, { ref: false }),
        ]);
        if (answer === undefined) return undefined;
        const { statusCode, headers, body: text } = GatewayAnswer.parse(answer);
        return { status: statusCode, retryAfter: headers['retry-after']?.toString(), text };
      }),
    close,
  };
};

export interface WorkerFunction {
  /** One run of it, of which Lambda would see the end after so long. @throws what the function throws */
  run(event: object, limitMs?: number): Promise<unknown>;
  /** What it has written to its log. */
  log(): string;
  close(): Promise<void>;
}

const WORKER_LIMIT_MS = 60_000;

export const startWorkerFunction = async (
  { worker }: FunctionBundles,
  stage: Stage,
): Promise<WorkerFunction> => {
  const { invoke, output, close } = await startFunction(worker, stage.environment);
  return {
    run: (event, limitMs = WORKER_LIMIT_MS) => invoke(event, limitMs),
    log: output,
    close,
  };
};
