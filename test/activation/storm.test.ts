import { expect, test } from 'vitest';
import { ActivationInProgress } from '../../src/activation/errors.ts';
import { startScenario } from './scenario.ts';

const RACERS = Number(process.env['RACERS'] ?? 50);

test('callers who race for one name leave one activation that can be used: the last one handed out', async () => {
  const service = await startScenario();

  const answers = await Promise.allSettled(Array.from({ length: RACERS }, () => service.activate()));
  await service.sweepAfter(10_000);

  const issued = answers.flatMap((answer) => (answer.status === 'fulfilled' ? [answer.value.id] : []));
  const refused = answers.flatMap((answer) => (answer.status === 'rejected' ? [answer.reason] : []));
  expect(issued.length).toBeGreaterThan(0);
  expect(refused.every((reason) => reason instanceof ActivationInProgress)).toBe(true);
  expect(await service.usable()).toEqual([(await service.record())?.activation?.id]);
  expect(issued).toContain((await service.record())?.activation?.id);
});

test('callers who race for one name while answers get lost leave one activation that can be used', async () => {
  const service = await startScenario();
  service.faults.loseAnswer = (operation) => operation === 'CreateActivation' && Math.random() < 0.3;

  await Promise.allSettled(Array.from({ length: RACERS }, () => service.activate()));
  delete service.faults.loseAnswer;
  const last = await service.activate();
  await service.sweepAfter(10_000);

  expect(await service.usable()).toEqual([last.id]);
});

test('machines that race with one activation make one node', async () => {
  const service = await startScenario();
  const activation = await service.activate();

  const registrations = await Promise.allSettled(
    Array.from({ length: RACERS }, () => service.register(activation)),
  );

  expect(registrations.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
});
