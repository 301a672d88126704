import { randomUUID } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { hashActivationCode } from '../../../src/local/aws/activations.ts';
import { findOperation } from '../../../src/local/aws/operations.ts';
import { formatAuthorization } from '../../../src/local/aws/signature.ts';
import { loadState } from '../../../src/local/aws/state.ts';
import { keyPair, region } from '../embedded-aws.ts';
import { spki } from '../raw-agent.ts';

/** A service with one activation and one node, whose journal takes no more writes until released. */
async function startStalled() {
  let gate = Promise.resolve();
  let written: string[] = [];
  const write = (key: string) => {
    written.push(key);
    return gate;
  };
  const journal = { entries: async () => [], write, close: async () => {} };
  const state = await loadState(journal);
  const now = Date.now();
  const activation = {
    id: randomUUID(),
    serial: 1,
    codeHash: hashActivationCode('code'),
    description: undefined,
    defaultInstanceName: undefined,
    iamRole: 'NodeRole',
    registrationLimit: 1,
    registrationsCount: 0,
    expiresAt: now + 60_000,
    createdAt: now,
    tags: [],
  };
  const node = {
    id: 'mi-0123456789abcdef0',
    serial: 1,
    activationId: activation.id,
    name: undefined,
    iamRole: 'NodeRole',
    registeredAt: now,
    fingerprint: 'fingerprint',
    publicKey: spki(keyPair.publicKey),
    tags: [],
    lastPingAt: undefined,
    report: {},
  };
  await Promise.all([state.activations.put(activation), state.nodes.put(node)]);
  const stall = Promise.withResolvers<void>();
  gate = stall.promise;
  written = [];

  const events: unknown[] = [];
  const service = {
    state,
    read: () => ({ ...state, knowsOfSilence: () => false }),
    knowsOf: () => true,
    cutPage: () => undefined,
    foreign: () => ({}),
    missingRoles: () => [],
    mostActivations: () => Number.POSITIVE_INFINITY,
    clock: () => new Date(now),
    region,
    accountId: '000000000000',
    connectionLostAfterMs: 60_000,
    emit: (event: unknown) => events.push(event),
    closing: new AbortController().signal,
  };
  const authorization = formatAuthorization({
    accessKeyId: 'AKIAOPERATOR',
    scope: { date: '20260101', region, service: 'ssm' },
    signedHeaders: ['host'],
    signature: '0'.repeat(64),
  });
  const call = async (name: string, input: object) => {
    const body = Buffer.from(JSON.stringify(input));
    const request = { method: 'POST', path: '/', headers: { authorization }, body };
    return findOperation(`AmazonSSM.${name}`)?.operation.run(service, request);
  };
  return { activation, call, events, written, release: stall.resolve };
}

const resource = { ResourceType: 'ManagedInstance', ResourceId: 'mi-0123456789abcdef0' };

const registration = (activationId: string) => ({
  ActivationId: activationId,
  ActivationCode: 'code',
  Fingerprint: 'other',
  PublicKey: spki(keyPair.publicKey),
  PublicKeyType: 'Rsa',
});

test.each<[string, (id: string) => object]>([
  ['CreateActivation', () => ({ IamRole: 'NodeRole' })],
  ['DeleteActivation', (id) => ({ ActivationId: id })],
  ['AddTagsToResource', () => ({ ...resource, Tags: [{ Key: 'a', Value: 'b' }] })],
  ['RemoveTagsFromResource', () => ({ ...resource, TagKeys: ['a'] })],
  ['UpdateManagedInstanceRole', () => ({ InstanceId: resource.ResourceId, IamRole: 'OtherRole' })],
  ['DeregisterManagedInstance', () => ({ InstanceId: resource.ResourceId })],
  ['RegisterManagedInstance', registration],
])('%s is neither answered nor told of before the journal has it', async (operation, inputFor) => {
  const { activation, call, events, release } = await startStalled();

  const answer = call(operation, inputFor(activation.id));

  expect(await Promise.race([answer, delay(30, 'nothing yet')])).toBe('nothing yet');
  expect(events).toEqual([]);
  release();
  expect(await answer).toEqual(expect.any(Object));
});

test('a registration puts the count and the node into one batch', async () => {
  const { activation, call, written, release } = await startStalled();

  const answer = call('RegisterManagedInstance', registration(activation.id));
  await Promise.resolve();

  expect(written).toEqual([`activation/${activation.id}`, expect.stringMatching(/^node\/mi-/)]);
  release();
  await answer;
});

test('registrations that begin in the same tick are counted one by one', async () => {
  const { activation, call, release } = await startStalled();
  release();

  const outcomes = await Promise.allSettled(
    Array.from({ length: 20 }, () => call('RegisterManagedInstance', registration(activation.id))),
  );

  expect(outcomes.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
});
