import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { mergeRefusals } from './activation/merged-refusals.ts';
import type { Clock, Ports } from './activation/ports.ts';
import type { Backend } from './backend.ts';
import type { FunctionConfig } from './config.ts';
import type { ServiceContext } from './http/app-context.ts';
import { createProofs } from './identity/proofs.ts';
import { createDocuments } from './ledger/documents.ts';
import { createDynamoDbEventLog } from './ledger/dynamodb-events.ts';
import { createDynamoDbJoinTokens } from './ledger/dynamodb-join-tokens.ts';
import { createDynamoDbLedger } from './ledger/dynamodb-ledger.ts';
import { createDynamoDbVerdict } from './ledger/dynamodb-verdict.ts';
import type { Policy } from './policy/policy.ts';
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
}

export const contextOptions = (config: FunctionConfig, policy: Policy): ContextOptions => ({
  policy,
  tableName: config.TABLE_NAME,
  nodeRole: config.NODE_ROLE,
  region: config.AWS_REGION,
  ssmPerSecond: config.SSM_MAX_TPS,
  clock: () => new Date(),
});

/** The service on a backend, as every entry has it. */
export const createContext = (
  backend: Pick<Backend, 'ssm' | 'dynamoDb' | 'settlingSeconds'>,
  options: ContextOptions,
): ServiceContext => {
  const { clock, policy, region, tableName } = options;
  const documents = createDocuments(backend.dynamoDb, tableName);
  const pause = async (milliseconds: number): Promise<void> => {
    await sleep(milliseconds);
  };
  const pace = createPace(options.ssmPerSecond, clock, pause);
  const verdict = createDynamoDbVerdict(documents);
  const ports: Ports = {
    ledger: createDynamoDbLedger(documents),
    events: mergeRefusals(createDynamoDbEventLog(documents)),
    systemsManager: createSystemsManager({
      client: backend.ssm,
      caller: { pace, clock, sleep: pause, random: Math.random },
      nodeRole: options.nodeRole,
      onNodeRoleUnusable: verdict.tellNodeRoleUnusable,
    }),
    clock,
    settlingMs: (policy.nodes.settlingSeconds ?? backend.settlingSeconds ?? SETTLING_SECONDS) * 1000,
    newId: randomUUID,
  };
  const tokens = createDynamoDbJoinTokens(documents);
  return {
    ports,
    tokens,
    verdict,
    policy,
    proofs: createProofs(policy, tokens, clock),
    region,
    random: Math.random,
  };
};
