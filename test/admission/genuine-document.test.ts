import { expect, test } from 'vitest';
import * as z from 'zod';
import { Policy } from '../../src/policy/policy.ts';
import { GENUINE } from '../identity/instance-identity/documents.ts';
import { OPERATOR } from '../service.ts';
import { documentOf, INSTANCE } from './credentials.ts';
import { startFleet } from './fleet.ts';

/** The account and the region of the genuine document; AWS's own certificate of the region is carried by the service. */
const SYDNEY = Policy.parse({
  instanceIdentity: { accounts: ['189292791360'], regions: ['ap-southeast-2'] },
  network: [{ cidrs: ['127.0.0.0/8'], names: ['*'] }],
});
const ITS_TIME = '2026-02-16T00:38:27Z';
const ON_ONE_LINE = GENUINE.replaceAll('\n', '');

const Answer = z.object({
  Accepted: z.boolean(),
  Code: z.string().optional(),
  Subject: z.string().optional(),
  Checks: z.array(z.object({ Check: z.string(), Result: z.string(), Detail: z.string() })),
});

const check = async (body: object, policy = SYDNEY) => {
  const { operate } = await startFleet(policy);
  return Answer.parse((await operate('POST', '/identity/check', body)).body);
};

test('the genuine document is accepted at its own time', async () => {
  const answer = await check({ instanceIdentity: GENUINE, at: ITS_TIME });

  expect(answer).toMatchObject({ Accepted: true, Subject: '189292791360/i-0c5541936caf78c12' });
  expect(answer.Checks.map(({ Check, Result }) => [Check, Result])).toEqual([
    ['Proof', 'passed'],
    ['Message', 'passed'],
    ['Signature', 'passed'],
    ['Account', 'passed'],
    ['Region', 'passed'],
    ['Age', 'passed'],
    ['Name', 'passed'],
    ['Tags', 'passed'],
    ['State of the name', 'passed'],
    ['Uses left', 'passed'],
  ]);
});

test.each([
  ['today', undefined, false, 'IdentityExpired'],
  ['after 30 minutes', '2026-02-16T01:08:27Z', true, undefined],
  ['after 30 minutes and a second', '2026-02-16T01:08:28Z', false, 'IdentityExpired'],
  ['a minute before it was made', '2026-02-16T00:37:27Z', true, undefined],
  ['more than a minute before it was made', '2026-02-16T00:37:26Z', false, 'IdentityNotYetValid'],
])('the genuine document %s is judged by its age', async (_when, at, accepted, code) => {
  const { Accepted, Code } = await check({ instanceIdentity: GENUINE, at });

  expect({ Accepted, Code }).toEqual({ Accepted: accepted, Code: code });
});

test('the genuine document of another account or region than policy lets in is refused by what is wrong', async () => {
  const other = (changes: object) =>
    Policy.parse({ instanceIdentity: { ...SYDNEY.instanceIdentity, ...changes } });
  const at = { instanceIdentity: GENUINE, at: ITS_TIME };

  expect(await check(at, other({ accounts: ['123456789012'] }))).toMatchObject({
    Code: 'AccountNotAllowed',
    Subject: '189292791360/i-0c5541936caf78c12',
  });
  expect(await check(at, other({ regions: ['ap-southeast-4'] }))).toMatchObject({
    Code: 'RegionNotAllowed',
    Subject: '189292791360/i-0c5541936caf78c12',
  });
});

test('a document beside the message, as older designs took it, is an unknown field', async () => {
  const { operate, app } = await startFleet(SYDNEY);
  const beside = { instanceIdentity: GENUINE, document: '{ "instanceId": "i-0abcdef0123456789" }' };

  const checked = await operate('POST', '/identity/check', beside);
  const activated = await app.inject({ method: 'POST', url: '/activate', payload: beside });

  expect(checked).toMatchObject({ status: 400, body: { code: 'InvalidRequest' } });
  expect(activated.json()).toMatchObject({ status: 400, code: 'InvalidRequest' });
});

test('a document in a header of its own is not looked at', async () => {
  const { app, clock } = await startFleet();
  const headers = {
    'x-instance-identity': documentOf({ pendingTime: clock.now().toISOString() }),
    'x-instance-identity-document': '{ "instanceId": "i-0ffffffffffffffff" }',
  };

  const answer = await app.inject({ url: '/activate', headers });

  expect(answer.json()).toMatchObject({ Name: INSTANCE });
});

test.each([
  ['the header, on one line', (document: string) => ({ headers: { 'x-instance-identity': document } })],
  ['the body', (instanceIdentity: string) => ({ payload: { instanceIdentity } })],
  [
    'the body, in lines',
    (document: string) => ({ payload: { instanceIdentity: document.replace(/.{64}/g, '$&\r\n') } }),
  ],
])('a document in %s lets its instance in under its id', async (_where, sent) => {
  const { app } = await startFleet();

  const answer = await app.inject({ method: 'POST', url: '/activate', ...sent(documentOf()) });

  expect(answer.statusCode).toBe(200);
  expect(answer.json()).toMatchObject({ Name: INSTANCE, Tags: { Source: 'ec2' } });
});

test('a document in the header and in the body is ambiguous, even one and the same', async () => {
  const { app } = await startFleet();
  const document = documentOf();

  const answer = await app.inject({
    method: 'POST',
    url: '/activate',
    headers: { 'x-instance-identity': document },
    payload: { instanceIdentity: document },
  });

  expect(answer.statusCode).toBe(400);
  expect(answer.json()).toMatchObject({ errors: [{ field: 'instanceIdentity' }] });
});

test.each([
  ['too old', { 'x-instance-identity': ON_ONE_LINE }, 403, 'IdentityExpired'],
  ['broken', { 'x-instance-identity': `A${ON_ONE_LINE.slice(1)}` }, 401, 'InvalidIdentity'],
  ['empty', { 'x-instance-identity': '' }, 401, 'InvalidIdentity'],
])('a document that is %s does not fall back to the address', async (_what, headers, status, code) => {
  const { app } = await startFleet(SYDNEY);

  const answer = await app.inject({ url: '/activate?name=web-1', headers, remoteAddress: '127.0.0.1' });

  expect(answer.json()).toMatchObject({ status, code });
});

test('the dry run is for operators', async () => {
  const { app } = await startFleet(SYDNEY);
  const request = { method: 'POST', url: '/identity/check', payload: { instanceIdentity: GENUINE } } as const;

  expect((await app.inject(request)).statusCode).toBe(401);
  expect((await app.inject({ ...request, headers: OPERATOR })).statusCode).toBe(200);
});
