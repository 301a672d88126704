import type { Context, SQSBatchResponse } from 'aws-lambda';
import * as z from 'zod';
import type { Clock } from './activation/clock.ts';
import { deadlineIn } from './activation/deadline.ts';
import { removeSilentNodes } from './activation/ended-machines.ts';
import { fleetSize } from './activation/fleet-size.ts';
import type { Ports, PortsFor } from './activation/ports.ts';
import { sweep } from './activation/sweep.ts';
import { reasonOf } from './described-error.ts';
import type { Policy } from './policy/policy.ts';
import { handleMessages, Message, type MessageContext } from './worker-messages.ts';

const WorkerEvent = z.union([
  /** What the schedules send. */
  z.strictObject({ task: z.enum(['sweep', 'hourly']) }),
  /** What the queue of EventBridge's events sends. */
  z.looseObject({ Records: z.array(Message) }),
]);

/** What a run did; metrics and alarms are made of these. */
type WorkerReport =
  | {
      readonly task: 'sweep';
      readonly looked: number;
      readonly complete: boolean;
      /** Why it is not complete. */
      readonly interruptedBy?: string | undefined;
    }
  | { readonly task: 'hourly'; readonly managedNodes: number; readonly silentNodesRemoved: number }
  | { readonly task: 'events'; readonly events: number; readonly failed: number }
  | { readonly task: 'passed over'; readonly messageId: string; readonly because: string };

export interface Worker extends Omit<MessageContext, 'ports'> {
  readonly portsFor: PortsFor;
  readonly clock: Clock;
  readonly report: (done: WorkerReport) => void;
}

export type WorkerHandler = (
  event: unknown,
  context: Pick<Context, 'getRemainingTimeInMillis' | 'awsRequestId'>,
) => Promise<SQSBatchResponse | undefined>;

/** Left of Lambda's own time limit when the work must end, to report on it. */
const MARGIN_MS = 5_000;
const DAY_MS = 24 * 60 * 60_000;

/** The worker: what is due, whenever a schedule or an event says so. @throws ZodError for an event it does not know */
export const createWorkerHandler =
  (worker: Worker): WorkerHandler =>
  async (given, { getRemainingTimeInMillis, awsRequestId }) => {
    const deadline = deadlineIn(getRemainingTimeInMillis() - MARGIN_MS, { clock: worker.clock });
    const ports = worker.portsFor({ deadline, requestId: awsRequestId });
    try {
      return await handle(worker, ports, WorkerEvent.parse(given));
    } catch (error) {
      // Lambda's own line about it has neither its causes nor what an AggregateError holds.
      worker.onError(error);
      throw error;
    }
  };

const handle = async (
  worker: Worker,
  ports: Ports,
  event: z.infer<typeof WorkerEvent>,
): Promise<SQSBatchResponse | undefined> => {
  if ('Records' in event) {
    const { failed, passedOver } = await handleMessages({ ...worker, ports }, event.Records);
    for (const { message, because } of passedOver) {
      worker.report({ task: 'passed over', messageId: message.messageId, because });
    }
    worker.report({ task: 'events', events: event.Records.length, failed: failed.length });
    return { batchItemFailures: failed.map(({ messageId }) => ({ itemIdentifier: messageId })) };
  }
  worker.report(event.task === 'sweep' ? await sweeping(ports) : await hourly(ports, worker.policy));
  return undefined;
};

const sweeping = async (ports: Ports): Promise<WorkerReport> => {
  const { interruptedBy, ...swept } = await sweep(ports);
  return { task: 'sweep', ...swept, interruptedBy: interruptedBy && reasonOf(interruptedBy) };
};

const hourly = async (ports: Ports, policy: Policy): Promise<WorkerReport> => {
  const days = policy.nodes.deregisterSilentAfterDays;
  const silentNodesRemoved = days === undefined ? 0 : await removeSilentNodes(ports, days * DAY_MS);
  return { task: 'hourly', managedNodes: await fleetSize(ports.ledger), silentNodesRemoved };
};
