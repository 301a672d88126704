import { type DynamoDBDocumentClient, PutCommand } from '@aws-sdk/lib-dynamodb';
import * as z from 'zod';
import { ActivationEvent } from '../activation/events.ts';
import type { EventLog } from '../activation/ports.ts';
import { whileReachable } from './unavailable.ts';

/** How long the audit trail goes back. */
const RETENTION_DAYS = 90;

/** The audit trail on the DynamoDB API: items that sort by time, beside the name that they are about. */
export const createDynamoDbEventLog = (client: DynamoDBDocumentClient, tableName: string): EventLog => ({
  append: async (event) => {
    const position = `${event.at.toISOString()}#${event.id}`;
    const command = new PutCommand({
      TableName: tableName,
      Item: {
        PK: `name#${event.name ?? ''}`,
        SK: `event#${position}`,
        Kind: 'event',
        Position: position,
        ExpiresAt: Math.floor(event.at.getTime() / 1000) + RETENTION_DAYS * 86_400,
        Event: z.encode(ActivationEvent, event),
      },
    });
    await whileReachable(() => client.send(command));
  },
});
