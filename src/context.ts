import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Clock } from './activation/clock.ts';
import { deadlineIn } from './activation/deadline.ts';
import type { PortsFor } from './activation/ports.ts';
import { createRefusals } from './activation/refusals.ts';
import type { Backend } from './backend.ts';
import type { FunctionConfig } from './config.ts';
import type { ServiceContext } from './http/app-context.ts';
import type { JoinTokensFor } from './identity/join-token/join-tokens.ts';
import { createProofs } from './identity/proofs.ts';
import { createDocuments } from './ledger/documents.ts';
import { createDynamoDbEventLog } from './ledger/dynamodb-events.ts';
import { createDynamoDbJoinTokens } from './ledger/dynamodb-join-tokens.ts';
import { createDynamoDbLedger } from './ledger/dynamodb-ledger.ts';
import { createDynamoDbVerdict } from './ledger/dynamodb-verdict.ts';
import type { Policy } from './policy/policy.ts';
import type { SharedVerdictFor } from './readiness/shared-verdict.ts';
import type { ServiceLog } from './service-log.ts';
import { createPace } from './ssm/pace.ts';
import { createSystemsManager } from './ssm/systems-manager.ts';

/** Long beside what is seen of eventually consistent reads; what it costs is that a second machine of a name waits. */
const SETTLING_SECONDS = 300;

export interface ContextOptions {
  readonly policy: Policy;
  readonly tableName: string;
  readonly nodeRole: string;
  readonly region: string;
  /** Calls to SSM a second; absent, it is not paced. */
  readonly ssmPerSecond?: number | undefined;
  readonly clock: Clock;
  readonly log: ServiceLog;
}

export const contextOptions = (config: FunctionConfig, policy: Policy, log: ServiceLog): ContextOptions => ({
  policy,
  tableName: config.TABLE_NAME,
  nodeRole: config.NODE_ROLE,
  region: config.AWS_REGION,
  ssmPerSecond: config.SSM_MAX_TPS,
  clock: () => new Date(),
  log,
});

/** Left of a task for writing down what Systems Manager answered last. */
const LAST_WRITES_MS = 2_000;
/** How long the ledger has to take an event of a refusal, beside the answer. */
const REFUSAL_MS = 5_000;

/** Waits, until nobody wants the wait any more. */
const pause = (milliseconds: number, cut?: AbortSignal): Promise<void> =>
  sleep(milliseconds, undefined, { signal: cut }).catch((error: unknown) => {
    if (!cut?.aborted) throw error;
  });

/** The service on a backend, as every entry has it. */
export const createContext = (
  backend: Pick<Backend, 'ssm' | 'dynamoDb' | 'settlingSeconds'>,
  options: ContextOptions,
): ServiceContext => {
  const { clock, policy, region, tableName, log } = options;
  const manner = { sleep: pause, random: Math.random, onFailedCall: log.failedCall };
  const documentsFor = createDocuments(backend.dynamoDb, tableName, manner);
  const verdictFor: SharedVerdictFor = (task) => createDynamoDbVerdict(documentsFor(task), randomUUID());
  const systemsManagerFor = createSystemsManager({
    client: backend.ssm,
    caller: { ...manner, clock, pace: createPace(options.ssmPerSecond, clock, pause) },
    nodeRole: options.nodeRole,
    onNodeRoleUnusable: (task, at) => verdictFor(task).tellNodeRoleUnusable(at),
  });
  const settlingMs = (policy.nodes.settlingSeconds ?? backend.settlingSeconds ?? SETTLING_SECONDS) * 1000;
  const portsFor: PortsFor = (task) => {
    const { deadline } = task;
    const documents = documentsFor(task);
    const beforeLastWrites = deadline.earlierBy(LAST_WRITES_MS);
    return {
      deadline,
      ledger: createDynamoDbLedger(documents),
      events: createDynamoDbEventLog(documents),
      systemsManager: (withinMs = Number.POSITIVE_INFINITY) =>
        systemsManagerFor({ ...task, deadline: beforeLastWrites.within(withinMs) }),
      clock,
      settlingMs,
      newId: randomUUID,
    };
  };
  const tokensFor: JoinTokensFor = (task) => createDynamoDbJoinTokens(documentsFor(task));
  const refusals = createRefusals({
    append: (event) => portsFor({ deadline: deadlineIn(REFUSAL_MS, { clock }) }).events.append(event),
    onDropped: log.refusalsDropped,
  });
  return {
    portsFor,
    tokensFor,
    verdictFor,
    refusals,
    policy,
    proofs: createProofs(policy, tokensFor, clock),
    region,
    clock,
    newId: randomUUID,
    random: Math.random,
  };
};
