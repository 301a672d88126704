import { generateKeyPairSync } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { keyPair, minute, refusal } from '../embedded-aws.ts';
import { spki } from '../raw-agent.ts';
import { startWithAgent } from '../sdk-agent.ts';

const otherKeyPair = generateKeyPairSync('rsa', { modulusLength: 2048 });

describe('the signature by the registered key', () => {
  const operation = 'RequestManagedInstanceRoleToken';
  const input = { Fingerprint: 'fingerprint' };

  test('is refused when another key made it', async () => {
    const { register, signedByKey } = await startWithAgent();
    const id = await register();

    const forged = signedByKey(id, operation, input, { key: otherKeyPair.privateKey });

    expect(await refusal(forged)).toMatchObject({ code: 'AccessDeniedException' });
  });

  test('is refused with another salt length', async () => {
    const { register, signedByKey } = await startWithAgent();
    const id = await register();

    expect(await refusal(signedByKey(id, operation, input, { saltLength: 20 }))).toMatchObject({
      code: 'AccessDeniedException',
    });
  });

  test('is refused when it is more than five minutes old or early', async () => {
    const { register, signedByKey, clock } = await startWithAgent();
    const id = await register();
    const at = (offset: number) =>
      signedByKey(id, operation, input, { time: new Date(clock().getTime() + offset) });

    expect(await refusal(at(-6 * minute))).toMatchObject({ code: 'InvalidSignatureException' });
    expect(await refusal(at(6 * minute))).toMatchObject({ code: 'InvalidSignatureException' });
    await expect(at(-4 * minute)).resolves.toBeDefined();
  });

  test('is refused for a node that is not known', async () => {
    const { signedByKey } = await startWithAgent();

    expect(await refusal(signedByKey('mi-0123456789abcdef0', operation, input))).toMatchObject({
      code: 'InvalidInstanceId',
    });
  });

  test('does not help a clone with another fingerprint', async () => {
    const { register, signedByKey } = await startWithAgent();
    const id = await register();

    expect(await refusal(signedByKey(id, operation, { Fingerprint: 'clone' }))).toMatchObject({
      code: 'MachineFingerprintDoesNotMatch',
    });
  });

  test('by the old key brings in a new one, and is then worth nothing', async () => {
    const { register, signedByKey } = await startWithAgent();
    const id = await register();
    const rotation = { NewPublicKey: spki(otherKeyPair.publicKey), NewPublicKeyType: 'Rsa' };

    await signedByKey(id, 'UpdateManagedInstancePublicKey', rotation);

    expect(await refusal(signedByKey(id, operation, input))).toMatchObject({ code: 'AccessDeniedException' });
    await expect(signedByKey(id, operation, input, { key: otherKeyPair.privateKey })).resolves.toBeDefined();
  });

  test('cannot bring in the same key again, or one that is none', async () => {
    const { register, signedByKey } = await startWithAgent();
    const id = await register();
    const rotate = (key: string) =>
      signedByKey(id, 'UpdateManagedInstancePublicKey', { NewPublicKey: key, NewPublicKeyType: 'Rsa' });

    expect(await refusal(rotate(spki(keyPair.publicKey)))).toMatchObject({
      code: 'PublicKeyAlreadyRegistered',
    });
    expect(await refusal(rotate('nonsense'))).toMatchObject({ code: 'InvalidPublicKey' });
  });
});
