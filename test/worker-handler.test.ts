import { expect, test } from 'vitest';
import { LedgerUnavailable, SystemsManagerUnavailable } from '../src/activation/errors.ts';
import type { InstanceName } from '../src/activation/instance-name.ts';
import type { Ports } from '../src/activation/ports.ts';
import { Policy } from '../src/policy/policy.ts';
import { createWorkerHandler } from '../src/worker-handler.ts';
import { startService, type TestService } from './service.ts';

const CONTEXT = { getRemainingTimeInMillis: () => 60_000, awsRequestId: 'a-run' };

/** The worker on the whole service, with what it reports and what went wrong. */
const startWorker = async (changes: (service: TestService) => Partial<Ports> = () => ({})) => {
  const service = await startService();
  const reports: unknown[] = [];
  const errors: unknown[] = [];
  const handle = createWorkerHandler({
    portsFor: (task) => ({ ...service.portsFor(task), ...changes(service) }),
    clock: service.clock.now,
    policy: Policy.parse({}),
    report: (done) => reports.push(done),
    onError: (error) => errors.push(error),
  });
  return { ...service, reports, errors, invoke: (event: unknown) => handle(event, CONTEXT) };
};

const queued = (...bodies: string[]) => ({
  Records: bodies.map((body, index) => ({ messageId: `message-${index}`, body, eventSource: 'aws:sqs' })),
});
const terminated = (instanceId: string) =>
  JSON.stringify({
    source: 'aws.ec2',
    'detail-type': 'EC2 Instance State-change Notification',
    account: '111122223333',
    detail: { 'instance-id': instanceId, state: 'terminated' },
  });

/** A ledger that cannot be read about one name. */
const without =
  (silent: string) =>
  ({ ports: { ledger } }: TestService) => ({
    ledger: {
      ...ledger,
      read: async (name: InstanceName) => {
        if (name === silent) throw new LedgerUnavailable('The ledger does not answer; try again.', 2);
        return ledger.read(name);
      },
    },
  });

test('a batch of events comes again only for those that could not be read or done', async () => {
  const worker = await startWorker(without('i-0123456789abcdef1'));

  const answer = await worker.invoke(
    queued(
      terminated('i-0123456789abcdef0'),
      '{"source": "somebody.else"}',
      'not JSON',
      terminated('i-0123456789abcdef1'),
      terminated('i-0123456789abcdef2'),
    ),
  );

  const again = answer?.batchItemFailures.map(({ itemIdentifier }) => itemIdentifier);
  expect(again?.toSorted()).toEqual(['message-1', 'message-2', 'message-3']);
  expect(worker.reports).toEqual([{ task: 'events', events: 5, failed: 3 }]);
  expect(worker.errors).toHaveLength(3);
});

test('a batch that was done whole comes no more', async () => {
  const worker = await startWorker();

  expect(await worker.invoke(queued(terminated('i-0123456789abcdef0')))).toEqual({ batchItemFailures: [] });
});

test('an event that the worker does not know is told with its reason and fails', async () => {
  const worker = await startWorker();

  await expect(worker.invoke({ task: 'dance' })).rejects.toThrow(/task/);

  expect(worker.errors).toMatchObject([{ name: 'ZodError' }]);
});

/** Systems Manager that answers no lookup of nodes. */
const failingWith =
  (error: Error) =>
  ({ ports: { systemsManager } }: TestService) => ({
    systemsManager: (withinMs?: number) => ({
      ...systemsManager(withinMs),
      nodesOf: async () => {
        throw error;
      },
    }),
  });

test('a sweep that is cut short says by what', async () => {
  const silence = new SystemsManagerUnavailable('try again.', 2, true, {
    cause: new Error('read ECONNRESET'),
  });
  const worker = await startWorker(failingWith(silence));
  await worker.app.inject('/activate?name=web-1');
  worker.clock.advance(3_000);

  await worker.invoke({ task: 'sweep' });

  expect(worker.reports).toEqual([
    { task: 'sweep', looked: 1, complete: false, interruptedBy: 'try again.: read ECONNRESET' },
  ]);
});

test('a sweep that came to its end was interrupted by nothing', async () => {
  const worker = await startWorker();

  await worker.invoke({ task: 'sweep' });

  expect(worker.reports).toEqual([{ task: 'sweep', looked: 0, complete: true }]);
});

test('what stops a sweep for good is told with every error that it met', async () => {
  const worker = await startWorker(failingWith(new TypeError('a bug')));
  await worker.app.inject('/activate?name=web-1');
  worker.clock.advance(3_000);

  await expect(worker.invoke({ task: 'sweep' })).rejects.toThrow('1 names could not be swept');

  expect(worker.errors).toMatchObject([{ errors: [{ message: 'a bug' }] }]);
});
