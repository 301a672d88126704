import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Clock, Ports } from './activation/ports.ts';
import type { Backend } from './backend.ts';
import type { AppContext } from './http/app-context.ts';
import { createProofs } from './identity/proofs.ts';
import { createDocuments } from './ledger/documents.ts';
import { createDynamoDbEventLog } from './ledger/dynamodb-events.ts';
import { createDynamoDbJoinTokens } from './ledger/dynamodb-join-tokens.ts';
import { createDynamoDbLedger } from './ledger/dynamodb-ledger.ts';
import type { Policy } from './policy/policy.ts';
import { createPace } from './ssm/pace.ts';
import { createSystemsManager } from './ssm/systems-manager.ts';

export interface ContextOptions {
  readonly policy: Policy;
  readonly tableName: string;
  readonly nodeRole: string;
  readonly region: string;
  /** Calls to SSM a second; absent, it is not paced. */
  readonly ssmPerSecond?: number | undefined;
  readonly clock: Clock;
}

/** The service on a backend, as every entry has it; who is an operator differs between them. */
export const createContext = (
  backend: Pick<Backend, 'ssm' | 'dynamoDb'>,
  options: ContextOptions,
): Omit<AppContext, 'operators'> => {
  const { clock, policy, region, tableName } = options;
  const documents = createDocuments(backend.dynamoDb);
  const pause = async (milliseconds: number): Promise<void> => {
    await sleep(milliseconds);
  };
  const pace = createPace(options.ssmPerSecond, clock, pause);
  const ports: Ports = {
    ledger: createDynamoDbLedger(documents, tableName),
    events: createDynamoDbEventLog(documents, tableName),
    systemsManager: createSystemsManager({
      client: backend.ssm,
      caller: { pace, clock, sleep: pause, random: Math.random },
      nodeRole: options.nodeRole,
    }),
    clock,
    newId: randomUUID,
  };
  const tokens = createDynamoDbJoinTokens(documents, tableName);
  return { ports, tokens, policy, proofs: createProofs(policy, tokens, clock), region, random: Math.random };
};
