import { expect, test } from 'vitest';
import { deadlineIn } from '../../src/activation/deadline.ts';
import {
  ActivationInProgress,
  isTemporary,
  LedgerUnavailable,
  SystemsManagerUnavailable,
} from '../../src/activation/errors.ts';
import { LATE_MS } from '../../src/activation/late-calls.ts';
import { AwsError } from '../../src/local/aws/errors.ts';
import { interruptible } from '../promises/interruptible.ts';
import { fallSilent, LateCalls } from '../promises/silence.ts';
import { startScenario } from './scenario.ts';

test('an attempt that Systems Manager refuses leaves the name free', async () => {
  const service = await startScenario();
  service.faults.refuse = (operation) =>
    operation === 'CreateActivation' ? new AwsError('AccessDeniedException') : undefined;
  await expect(service.activate()).rejects.toMatchObject({ code: 'SystemsManagerRefused' });
  delete service.faults.refuse;

  const activation = await service.activate();

  expect(await service.usable()).toEqual([activation.id]);
});

test('an attempt that throttling outlasts is told when to try again, and leaves the name free', async () => {
  const service = await startScenario();
  service.faults.refuse = () => new AwsError('ThrottlingException');
  const hurried = service.activate({}, service.portsWithin(2_050));

  await expect(hurried).rejects.toThrow(SystemsManagerUnavailable);
  expect(service.events).toEqual([]);
  delete service.faults.refuse;
  await expect(service.activate()).resolves.toBeDefined();
});

test('an activation that the ledger could not take is deleted by the sweep', async () => {
  const service = await startScenario();
  let down = false;
  const { ledger } = service.ports;
  const replace: typeof ledger.replace = async (previous, next) => {
    if (next.activation && !down) {
      down = true;
      throw new LedgerUnavailable('The ledger does not answer; try again.', 2);
    }
    return ledger.replace(previous, next);
  };

  const failed = service.activate({}, { ...service.ports, ledger: { ...ledger, replace } });
  await expect(failed).rejects.toThrow(LedgerUnavailable);
  expect(await service.usable()).toHaveLength(1);
  await service.sweepAfter(10_000);

  expect(await service.usable()).toEqual([]);
});

test('a call whose answer was lost leaves one activation after a sweep: the one that was handed out', async () => {
  const service = await startScenario();
  let lost = 0;
  service.faults.loseAnswer = (operation) => operation === 'CreateActivation' && lost++ === 0;

  const activation = await service.activate();
  expect(await service.usable()).toHaveLength(2);
  await service.sweepAfter(10_000);

  expect(await service.usable()).toEqual([activation.id]);
});

test('an attempt under way turns others away until its lease ends', async () => {
  const service = await startScenario();
  await neverAnswered(service);

  await expect(service.activate()).rejects.toThrow(ActivationInProgress);
});

test('an attempt whose lease ended is taken over, and the activation that it left is deleted as soon as the name is asked for again', async () => {
  const service = await startScenario();
  await neverAnswered(service);
  service.clock.advance(30_001);

  const taken = await service.activate();

  expect(await service.usable()).toEqual([taken.id]);
});

test('the sweep cleans up behind an attempt that nobody takes over', async () => {
  const service = await startScenario();
  await neverAnswered(service);

  await service.sweepAfter(30_001);
  await service.sweepAfter(10_000);

  expect(await service.usable()).toEqual([]);
  expect((await service.record())?.attempt).toBeUndefined();
});

test('a process that was held up past its lease gets nothing out of it', async () => {
  const service = await startScenario();
  const held = Promise.withResolvers<void>();
  const late = await neverAnswered(service, held.promise);
  service.clock.advance(30_001);
  const taken = await service.activate();

  held.resolve();

  await expect(late.answer).rejects.toSatisfy(isTemporary);
  await service.sweepAfter(10_000);
  expect(await service.usable()).toEqual([taken.id]);
  expect((await service.record())?.activation?.id).toBe(taken.id);
});

test("an activation whose name's node came Online while it was being made is given back", async () => {
  const service = await startScenario();
  const burned = await service.register(await service.activate());
  await service.sweepAfter(2_000);
  const going = Promise.withResolvers<void>();
  const second = await neverAnswered(service, going.promise);
  await burned.ping();
  await service.sweepAfter(10_000);

  going.resolve();

  await expect(second.answer).rejects.toThrow(ActivationInProgress);
  await service.sweepAfter(10_000);
  expect(await service.usable()).toEqual([]);
  expect((await service.record())?.node).toMatchObject({ id: burned.id, seenOnline: true });
});

/** A process that made its activation and then stood still, for good or until `going` resolves. */
const neverAnswered = async (
  service: Awaited<ReturnType<typeof startScenario>>,
  going: Promise<void> = new Promise(() => {}),
) => {
  const minted = Promise.withResolvers<void>();
  const systemsManager: typeof service.ports.systemsManager = (withinMs) => {
    const real = service.ports.systemsManager(withinMs);
    return {
      ...real,
      createActivation: async (request) => {
        const activation = await real.createActivation(request);
        minted.resolve();
        await going;
        return activation;
      },
    };
  };
  const answer = service.activate({}, { ...service.ports, systemsManager });
  answer.catch(() => {});
  await minted.promise;
  return { answer };
};

test('an activation that is made after its attempt was given up is deleted, however much later that is', async () => {
  const service = await startScenario();
  const { portsFor, interrupt } = interruptible(service.portsFor);
  const lateCalls = new LateCalls(service.clock.now, LATE_MS);
  const instead = fallSilent('late', (arrive) => lateCalls.add(arrive));
  interrupt({ at: 0, among: 'ssm.createActivation', instead });
  const ports = portsFor({ deadline: deadlineIn(22_000, { clock: service.clock.now }) });
  await expect(service.activate({}, ports)).rejects.toBeInstanceOf(SystemsManagerUnavailable);
  await service.sweepAfter(30_000);
  await service.sweepAfter(30_000);

  await lateCalls.allArrive();
  expect(await service.usable()).toHaveLength(1);
  await service.sweepAfter(LATE_MS);

  expect(await service.usable()).toEqual([]);
  await service.sweepAfter(LATE_MS);
  const record = await service.record();
  expect(record?.strayAttempts).toEqual([]);
  expect(record?.dueAt).toBeUndefined();
});
