import type { Context } from 'aws-lambda';
import * as z from 'zod';
import { fleetSize } from './activation/fleet-size.ts';
import type { Ports } from './activation/ports.ts';
import { sweep } from './activation/sweep.ts';

/** What the schedules send. */
const Scheduled = z.strictObject({ task: z.enum(['sweep', 'count']) });

/** EventBridge's envelope; AWS does not publish the shape of SSM's `detail`. */
const Event = z.looseObject({
  source: z.string(),
  'detail-type': z.enum([
    'SSM Managed Instance Registration',
    'SSM Managed Instance Deregistration',
    'EC2 Instance State-change Notification',
  ]),
});

const WorkerEvent = z.union([Scheduled, Event]);

/** What a run did; the alarms are made of these lines. */
export type WorkerReport =
  | { readonly task: 'sweep'; readonly cause: string; readonly looked: number; readonly complete: boolean }
  | { readonly task: 'count'; readonly managedNodes: number };

/** Left of Lambda's own time limit when the work must end, to report on it. */
const MARGIN_MS = 5_000;

export type WorkerHandler = (
  event: unknown,
  context: Pick<Context, 'getRemainingTimeInMillis'>,
) => Promise<WorkerReport>;

/** The worker: what is due, whenever a schedule or an event says so. @throws ZodError for an event it does not know */
export const createWorkerHandler =
  (ports: Ports, report: (done: WorkerReport) => void): WorkerHandler =>
  async (given, { getRemainingTimeInMillis }) => {
    const event = WorkerEvent.parse(given);
    const deadline = new Date(ports.clock().getTime() + getRemainingTimeInMillis() - MARGIN_MS);
    const done = await work(ports, event, deadline);
    report(done);
    return done;
  };

const work = async (
  ports: Ports,
  event: z.infer<typeof WorkerEvent>,
  deadline: Date,
): Promise<WorkerReport> => {
  if ('task' in event && event.task === 'count') {
    return { task: 'count', managedNodes: await fleetSize(ports.ledger) };
  }
  const cause = 'task' in event ? 'schedule' : event['detail-type'];
  return { task: 'sweep', cause, ...(await sweep(ports, deadline)) };
};
