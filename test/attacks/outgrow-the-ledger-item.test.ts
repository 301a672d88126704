import { randomUUID } from 'node:crypto';
import { UpdateItemCommand } from '@aws-sdk/client-dynamodb';
import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { ActivationId, AttemptId, ManagedNodeId } from '../../src/activation/identifiers.ts';
import { InstanceName } from '../../src/activation/instance-name.ts';
import type { Principal } from '../../src/activation/principal.ts';
import { type NameRecord, type SupersededActivation, unseen } from '../../src/activation/record.ts';
import { hasRoom } from '../../src/activation/record-size.ts';
import { JoinTokenTerms, sizeOfName } from '../../src/identity/join-token/join-token.ts';
import { newJoinToken } from '../../src/identity/join-token/new-join-token.ts';
import { toAttributes } from '../../src/ledger/attributes.ts';
import { toItem } from '../../src/ledger/name-item.ts';
import { Policy } from '../../src/policy/policy.ts';
import { machineOf, startApi } from '../http/api.ts';
import { nameRecord } from '../ledger/arbitrary-record.ts';
import { itemSize, MOST_ITEM_BYTES } from '../ledger/item-size.ts';
import { OPERATOR, startService, type TestService, unhurried } from '../service.ts';

const NOW = new Date('2026-11-21T10:00:00Z');
const MINUTE_MS = 60_000;

/** As many tags as a node can have, each of the greatest length in the letters that take the most bytes. */
const fullTags = (letter: string, count = 50): Record<string, string> =>
  Object.fromEntries(
    Array.from({ length: count }, (_, index) => [
      `${String(index).padStart(2, '0')}${letter.repeat(126)}`,
      letter.repeat(256),
    ]),
  );
const LONGEST_NAME = InstanceName.parse('名'.repeat(256));

describe('a name that asks again and again with all the tags there can be', () => {
  test('is told to wait before its record is too great, and may ask again once that has settled', async () => {
    const { app, clock, sweep } = await startService();
    const ask = () =>
      app.inject({ method: 'POST', url: '/activate', payload: { name: LONGEST_NAME, tags: fullTags('字') } });

    const answers = [];
    for (let asked = 0; asked < 12; asked += 1) answers.push(await ask());
    clock.advance(3_000);
    await sweep();
    clock.advance(6 * MINUTE_MS);
    await sweep();
    const later = await ask();

    const codes = answers.map(({ statusCode }) => statusCode);
    const refused = answers.filter(({ statusCode }) => statusCode !== 200).map((answer) => answer.json());
    expect(codes.slice(0, 4)).toEqual([200, 200, 200, 200]);
    expect(refused.length).toBeGreaterThan(0);
    for (const problem of refused)
      expect(problem).toMatchObject({ status: 429, code: 'ActivationInProgress' });
    expect(later.statusCode).toBe(200);
  });

  test('can be followed up, registered and swept when its record is as great as it may be', async () => {
    const api = await startApi();
    const { app, clock } = api;
    const machine = machineOf(api, 'web-1');
    const ask = () =>
      app.inject({
        method: 'POST',
        url: '/activate',
        payload: { name: LONGEST_NAME, tags: fullTags('字', 40) },
      });
    let last = await ask();
    for (let next = last; next.statusCode === 200; next = await ask()) last = next;

    const followUps = [];
    for (const letter of '日月火') {
      const payload = { name: LONGEST_NAME, tags: fullTags(letter, 10) };
      followUps.push((await app.inject({ method: 'POST', url: '/tag', payload })).statusCode);
    }
    const untag = (letter: string) =>
      app.inject({
        method: 'DELETE',
        url: `/nodes/${encodeURIComponent(LONGEST_NAME)}/tags?keys=${encodeURIComponent(Object.keys(fullTags(letter)).join())}`,
        headers: OPERATOR,
      });
    for (const letter of '木金土') followUps.push((await untag(letter)).statusCode);
    const { ActivationId: activationId, ActivationCode: activationCode } = last.json();
    await machine.register({ activationId, activationCode });
    await machine.ping();
    clock.advance(3_000);

    expect(await api.sweep()).toMatchObject({ complete: true });
    for (const status of followUps) expect([200, 202, 409, 429]).toContain(status);
    const { statusCode } = await app.inject({
      url: `/nodes/${encodeURIComponent(LONGEST_NAME)}`,
      headers: OPERATOR,
    });
    expect(statusCode).toBe(200);
  });
});

describe("a name's record", () => {
  const principal: Principal = {
    proof: 'join-token',
    subject: 's'.repeat(320),
    mayRejoin: false,
    madeAt: NOW,
  };
  const node = (tags: Record<string, string>, unappliedTags: string[]) => ({
    id: ManagedNodeId.parse('mi-0123456789abcdef0'),
    activationId: ActivationId.parse(randomUUID()),
    principal,
    registeredAt: NOW,
    linkedAt: NOW,
    seenOnline: false,
    tags,
    unappliedTags,
  });
  const superseded = (tags: Record<string, string>): SupersededActivation => ({
    id: ActivationId.parse(randomUUID()),
    principal,
    grant: 'rejoin',
    replaces: ManagedNodeId.parse('mi-0123456789abcdef0'),
    tags,
    issuedAt: NOW,
    since: NOW,
    deleted: true,
    standing: 'stripped',
  });

  test('that has just room for what was asked has room for the node that comes of it', () => {
    const activation = {
      id: ActivationId.parse(randomUUID()),
      attemptId: AttemptId.parse(randomUUID()),
      principal,
      grant: 'first',
      tags: fullTags('字'),
      issuedAt: NOW,
      expiresAt: NOW,
    } as const;
    const changes = {
      ...fullTags('日'),
      ...Object.fromEntries(Object.keys(fullTags('月')).map((key) => [key, null])),
    };
    const asked: NameRecord = {
      ...unseen(LONGEST_NAME, randomUUID()),
      activation,
      followUps: { of: principal, changes },
      replacedNodes: Array.from({ length: 20 }, () => ({
        id: ManagedNodeId.parse('mi-0123456789abcdef0'),
        registeredAt: NOW,
      })),
    };
    const filled = (count: number, letters: number): NameRecord => ({
      ...asked,
      superseded: [...Array(count).fill(superseded(fullTags('字'))), superseded({ a: 'x'.repeat(letters) })],
    });
    let letters = 0;
    while (hasRoom(filled(2, letters + 1_000))) letters += 1_000;
    const greatest = filled(2, letters);
    expect(hasRoom(greatest)).toBe(true);

    const keys = [...Object.keys(fullTags('日')), ...Object.keys(fullTags('字'))];
    const registered: NameRecord = { ...greatest, node: node(fullTags('日'), keys) };

    expect(letters).toBeLessThan(60_000);
    expect(itemSize(toAttributes(toItem(registered)))).toBeLessThan(MOST_ITEM_BYTES);
  });

  test('is never greater as an item than as the JSON that it is measured by, but for its keys', () => {
    return fc.assert(
      fc.property(nameRecord, (record) => {
        const item = itemSize(toAttributes({ Record: record }));

        expect(item).toBeLessThanOrEqual(Buffer.byteLength(JSON.stringify(record)) + 16);
      }),
    );
  });
});

/** As if these names had been counted one by one. */
const letIn = async (
  { client, tableName }: TestService['table'],
  id: string,
  names: readonly string[],
): Promise<void> => {
  const values = {
    ':names': new Set(names),
    ':bytes': names.reduce((sum, name) => sum + sizeOfName(name), 0),
  };
  await client.send(
    new UpdateItemCommand({
      TableName: tableName,
      Key: toAttributes({ PK: `token#${id}`, SK: 'token' }),
      UpdateExpression: 'SET #names = :names, NamesBytes = :bytes',
      ExpressionAttributeNames: { '#names': 'Names' },
      ExpressionAttributeValues: toAttributes(values),
    }),
  );
};

const POLICY = Policy.parse({ joinTokens: { tags: { allowed: { '*': ['*'] } } } });
const termsOf = (terms: object) =>
  JoinTokenTerms.parse({ namePattern: '*', expiresAt: '2026-11-22T10:00:00.000Z', ...terms });

describe('a join token', () => {
  test('for more names than fit is used up before its item is too great, and says so', async () => {
    const { app, context, table } = await startService({}, POLICY);
    const { clock } = context;
    const tokens = context.tokensFor(unhurried());
    const terms = termsOf({ maxNames: 1_000, tags: fullTags('字'), description: '字'.repeat(256) });
    const { token, secret } = newJoinToken(clock(), POLICY.joinTokens, terms, 'alice');
    await tokens.create(token);
    const names = Array.from({ length: 1_000 }, (_, index) =>
      InstanceName.parse(`${String(index).padStart(4, '0')}${'名'.repeat(252)}`),
    );
    const known = names.slice(0, 385);
    await letIn(table, token.id, known);
    const answers: Awaited<ReturnType<typeof app.inject>>[] = [];
    for (const name of names.slice(385, 395)) {
      const headers = { authorization: `Bearer ${secret}` };
      answers.push(await app.inject({ method: 'POST', url: '/activate', payload: { name }, headers }));
    }

    const [letInNow, refused] = [200, 403].map((status) =>
      answers.filter(({ statusCode }) => statusCode === status).map((answer) => answer.json()),
    );
    expect(letInNow?.length).toBeGreaterThan(0);
    expect(refused?.length).toBe(10 - (letInNow?.length ?? 0));
    for (const problem of refused ?? []) expect(problem.code).toBe('TokenExhausted');
    expect(refused?.at(-1).detail).toContain('has no room for');
    const counted = await tokens.countName(token.id, names[0] ?? LONGEST_NAME, clock());
    expect(counted).toBe('counted');
  });

  test.each([
    ['a pattern that matches no name', { namePattern: 'web,*' }, 'namePattern'],
    ['a name that no machine may have', { namePattern: 'mi-0123456789abcdef0' }, 'namePattern'],
    ['a name that ends with a space', { namePattern: 'web-1 ' }, 'namePattern'],
    [
      'more names than their letters leave room for',
      { namePattern: `${'名'.repeat(255)}*`, maxNames: 1_000 },
      'maxNames',
    ],
    ['a key in two spellings', { tags: { Env: 'a', env: 'b' } }, 'tags'],
    ['more tags than a node can have', { tags: { ...fullTags('a'), More: '' } }, 'tags'],
    ['more blocks of addresses than are kept', { cidrs: Array(101).fill('10.0.0.0/8') }, 'cidrs'],
  ])('is not made for %s', async (_what, terms, field) => {
    const { app } = await startService({}, POLICY);
    const payload = { namePattern: '*', expiresAt: '2026-11-22T10:00:00.000Z', ...terms };

    const response = await app.inject({ method: 'POST', url: '/tokens', payload, headers: OPERATOR });

    expect(response.json()).toMatchObject({ status: 400, code: 'InvalidRequest' });
    expect(response.json().errors.map((problem: { field: string }) => problem.field)).toEqual([field]);
  });
});

test('no event is too great, whatever a stranger or a machine sends', async () => {
  const { app, ports, context } = await startService();
  const long = '\u3164'.repeat(20_000);
  const headers = { 'x-forwarded-for': long };
  const payloads = [
    { name: long },
    { name: 'web-1', tags: fullTags('字') },
    { name: 'web-1', tags: long },
    { [long]: 1 },
  ];

  for (const payload of payloads) await app.inject({ method: 'POST', url: '/activate', payload, headers });
  await context.refusals.written(5_000);

  const { events } = await ports.events.list({ limit: 100 });
  expect(events).toHaveLength(payloads.length);
  for (const event of events) expect(itemSize(toAttributes(event))).toBeLessThan(MOST_ITEM_BYTES / 4);
});
