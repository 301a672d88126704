import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import type { Clock, Ports } from './activation/ports.ts';
import type { Backend } from './backend.ts';
import { createDynamoDbEventLog } from './ledger/dynamodb-events.ts';
import { createDynamoDbLedger } from './ledger/dynamodb-ledger.ts';
import { createPace } from './ssm/pace.ts';
import { createSystemsManager } from './ssm/systems-manager.ts';

export interface PortsOptions {
  readonly tableName: string;
  readonly nodeRole: string;
  /** Calls to SSM a second; absent, it is not paced. */
  readonly ssmPerSecond?: number | undefined;
  readonly clock: Clock;
}

/** The rules' ports on a backend, as every entry of the service has them. */
export const createPorts = (backend: Pick<Backend, 'ssm' | 'dynamoDb'>, options: PortsOptions): Ports => {
  const { clock, tableName } = options;
  const documents = DynamoDBDocumentClient.from(backend.dynamoDb, {
    marshallOptions: { removeUndefinedValues: true },
  });
  const pause = async (milliseconds: number): Promise<void> => {
    await sleep(milliseconds);
  };
  const pace = createPace(options.ssmPerSecond, clock, pause);
  return {
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
};
