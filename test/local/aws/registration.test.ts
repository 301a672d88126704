import { generateKeyPairSync } from 'node:crypto';
import { DescribeActivationsCommand } from '@aws-sdk/client-ssm';
import { describe, expect, test } from 'vitest';
import { day, refusal, startTestAws } from '../embedded-aws.ts';
import { spki } from '../raw-agent.ts';
import { startWithAgent } from '../sdk-agent.ts';

describe('registration', () => {
  test('counts, and ends at the limit', async () => {
    const { activate, machine, ssm } = await startTestAws();
    const activation = await activate({ RegistrationLimit: 2 });
    await machine().register(activation);
    await machine().register(activation);

    expect(await refusal(machine().register(activation))).toMatchObject({
      code: 'RegistrationLimitExceeded',
    });
    const { ActivationList } = await ssm.send(new DescribeActivationsCommand({}));
    expect(ActivationList).toMatchObject([{ RegistrationsCount: 2 }]);
  });

  test('ends when the activation expires', async () => {
    const { activate, machine, advance } = await startTestAws();
    const activation = await activate();
    advance(day);

    expect(await refusal(machine().register(activation))).toMatchObject({ code: 'ActivationExpired' });
  });

  test('answers a wrong code and a wrong id alike', async () => {
    const { activate, machine } = await startTestAws();
    const { activationId, activationCode } = await activate();
    const unknownId = '01234567-89ab-cdef-0123-456789abcdef';

    const wrongCode = await refusal(machine().register({ activationId, activationCode: 'x'.repeat(20) }));
    const wrongId = await refusal(machine().register({ activationId: unknownId, activationCode }));

    expect(wrongCode.code).toBe('InvalidActivation');
    expect(wrongId).toEqual(wrongCode);
  });

  test.each([
    ['garbage', { PublicKey: 'A'.repeat(400) }],
    ['nothing', { PublicKey: '' }],
    [
      'a key of 1024 bits',
      { PublicKey: spki(generateKeyPairSync('rsa', { modulusLength: 1024 }).publicKey) },
    ],
    [
      'an elliptic curve key',
      { PublicKey: spki(generateKeyPairSync('ec', { namedCurve: 'P-256' }).publicKey) },
    ],
    ['another key type', { PublicKeyType: 'Ed25519' }],
  ])('refuses %s for a key', async (_case, overrides) => {
    const { register } = await startWithAgent();

    expect(await refusal(register(overrides))).toMatchObject({ code: 'InvalidPublicKey' });
  });

  test('a refused key does not use up the activation', async () => {
    const { register, ssm } = await startWithAgent();
    await refusal(register({ PublicKey: 'x' }));

    const { ActivationList } = await ssm.send(new DescribeActivationsCommand({}));

    expect(ActivationList).toMatchObject([{ RegistrationsCount: 0 }]);
  });

  const racers = Number(process.env['RACERS'] ?? 50);
  test.each([1, 7])(`with ${racers} machines racing for a limit of %i, just so many win`, async (limit) => {
    const { activate, machine, ssm } = await startTestAws();
    const activation = await activate({ RegistrationLimit: limit });

    const outcomes = await Promise.allSettled(
      Array.from({ length: racers }, () => machine().register(activation)),
    );

    const ids = outcomes.flatMap((outcome) => (outcome.status === 'fulfilled' ? outcome.value : []));
    const losses = outcomes.flatMap((outcome) => (outcome.status === 'rejected' ? outcome.reason.code : []));
    expect(new Set(ids).size).toBe(limit);
    expect(losses).toEqual(Array(racers - limit).fill('RegistrationLimitExceeded'));
    const { ActivationList } = await ssm.send(new DescribeActivationsCommand({}));
    expect(ActivationList).toMatchObject([{ RegistrationsCount: limit }]);
  });
});
