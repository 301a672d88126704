import { expect, test } from 'vitest';
import * as z from 'zod';
import {
  type Credentials,
  documentOf,
  fromNetwork,
  INSTANCE,
  pendingAt,
  withDocument,
  withToken,
} from './credentials.ts';
import { type Fleet, startFleet } from './fleet.ts';

const MINUTE_MS = 60_000;

const Page = z.object({
  Events: z.array(
    z.looseObject({
      EventId: z.string(),
      EventTime: z.string(),
      Event: z.string(),
      Name: z.string().optional(),
      Identity: z.object({ Proof: z.string(), Subject: z.string() }),
      Code: z.string().optional(),
    }),
  ),
  NextCursor: z.string().optional(),
});

const eventsOf = async ({ operate }: Fleet, query = '') =>
  Page.parse((await operate('GET', `/events?limit=100${query}`)).body).Events;

const ADDRESS = '192.0.2.7';
const EC2 = { Proof: 'instance-identity', Subject: `123456789012/${INSTANCE}` };

const document = (fields: Readonly<Record<string, unknown>> = {}) => withDocument(documentOf(fields));

test.each([
  ['no proof', fromNetwork(ADDRESS)],
  ['a document that AWS did not sign', document({ region: 'eu-west-1' })],
  ['a document of no form', withDocument('nonsense')],
  ['a token that is not there', withToken(`ssmj_aaaaaaaaaaaa_${'s'.repeat(32)}`)],
  ['a token of no form', withToken('ssmj_x')],
  ['a token of a kind that policy does not take', withToken('something')],
])('%s is refused as the bare InvalidIdentity of an address', async (_what, credentials) => {
  const fleet = await startFleet();

  const { body } = await fleet.call('/activate?name=web-1', { remoteAddress: ADDRESS, ...credentials });

  expect(await eventsOf(fleet)).toEqual([
    {
      EventId: expect.any(String),
      EventTime: '2026-11-21T10:00:00.000Z',
      Event: 'RequestRefused',
      Name: 'web-1',
      Identity: { Proof: 'none', Subject: ADDRESS },
      Code: 'InvalidIdentity',
      Detail: 'The request carries no proof of identity that this service accepts.',
      RequestId: body['requestId'],
      Count: 1,
    },
  ]);
});

test.each<[code: string, credentials: Credentials, path?: string]>([
  ['AccountNotAllowed', document({ accountId: '999999999999' })],
  ['IdentityExpired', document({ pendingTime: '2026-11-21T09:00:00Z' })],
  ['IdentityNotYetValid', document({ pendingTime: '2026-11-21T11:00:00Z' })],
  ['NameNotAllowed', document(), '/activate?name=db-1'],
  ['TagNotAllowed', document(), '/activate?tags=Owner=me'],
  ['TagNotAllowed', document(), '/tag?tags=Owner=me'],
  ['NameUnknown', document(), '/tag?tags=Role=web'],
  ['InvalidRequest', document(), '/tag'],
])('%s is the event of the instance that sent a genuine document', async (code, credentials, path) => {
  const fleet = await startFleet();

  const { body } = await fleet.call(path ?? '/activate', credentials);

  const account = code === 'AccountNotAllowed' ? '999999999999' : '123456789012';
  expect(body['code']).toBe(code);
  expect(await eventsOf(fleet)).toMatchObject([
    {
      Event: 'RequestRefused',
      Code: code,
      Detail: body['detail'],
      Identity: { ...EC2, Subject: `${account}/${INSTANCE}` },
      RequestId: body['requestId'],
    },
  ]);
});

test.each([
  ['TokenRevoked', {}, (fleet: Fleet, id: string) => fleet.operate('DELETE', `/tokens/${id}`), 'web-1'],
  ['IdentityExpired', {}, async (fleet: Fleet) => fleet.clock.advance(2 * 86_400_000), 'web-1'],
  ['AddressNotAllowed', { cidrs: ['198.51.100.0/24'] }, async () => {}, 'web-1'],
  ['NameNotAllowed', {}, async () => {}, 'db-1'],
  ['NameNotAllowed', { namePattern: '*' }, async () => {}, INSTANCE],
])('%s is the event of the token that was shown', async (code, terms, before, name) => {
  const fleet = await startFleet();
  const { token, id } = await fleet.makeToken(terms);
  await before(fleet, id);

  await fleet.call(`/activate?name=${name}`, withToken(token));

  expect(await eventsOf(fleet, `&name=${name}`)).toMatchObject([
    { Event: 'RequestRefused', Code: code, Name: name, Identity: { Proof: 'join-token', Subject: id } },
  ]);
});

test('a token used up is an event of the token, with the name that found no room', async () => {
  const fleet = await startFleet();
  const { token, id } = await fleet.makeToken();
  await fleet.call('/activate?name=web-1', withToken(token));

  await fleet.call('/activate?name=web-2', withToken(token));

  expect(await eventsOf(fleet, '&name=web-2')).toMatchObject([
    { Code: 'TokenExhausted', Identity: { Proof: 'join-token', Subject: id } },
  ]);
});

test('making and revoking a token are events of the operator, and name the token', async () => {
  const fleet = await startFleet();
  const { id } = await fleet.makeToken();
  fleet.clock.advance(1_000);
  await fleet.operate('DELETE', `/tokens/${id}`);

  expect(await eventsOf(fleet)).toMatchObject([
    { Event: 'TokenRevoked', Identity: { Proof: 'operator', Subject: 'operator-key' }, Detail: id },
    { Event: 'TokenCreated', Identity: { Proof: 'operator' }, Detail: expect.stringContaining(id) },
  ]);
});

test('the life of a name is told from its first activation to its removal', async () => {
  const fleet = await startFleet();
  const { clock, call, operate, sweepAfter } = fleet;
  const proof = withDocument(documentOf(pendingAt(clock.now())));
  const { id, ping } = await fleet.register(await call('/activate', proof));
  await ping();
  await sweepAfter(MINUTE_MS);
  await call('/tag?tags=Role=web', proof);
  await sweepAfter(MINUTE_MS);
  await call('/activate', proof);
  await sweepAfter(MINUTE_MS);
  await operate('POST', `/nodes/${id}/release`);
  await sweepAfter(MINUTE_MS);
  await operate('DELETE', `/nodes/${id}`);

  const events = (await eventsOf(fleet, `&name=${INSTANCE}`)).toReversed();

  const told = events.map(({ Event, Identity }) => `${Identity.Proof}: ${Event}`);
  const inOrder = [
    'instance-identity: ActivationIssued',
    'instance-identity: TagsAccepted',
    'instance-identity: RequestRefused',
    'operator: NodeReleased',
    'operator: NodeRemoved',
  ];
  expect(told.filter((line) => inOrder.includes(line))).toEqual(inOrder);
  expect(told.filter((line) => line.endsWith('NodeLinked'))).toHaveLength(1);
  expect(events.find(({ Event }) => Event === 'RequestRefused')).toMatchObject({
    Code: 'AlreadyRegistered',
    Detail: expect.stringContaining(id),
  });
});

test('another kind of proof at a name is an event of that proof', async () => {
  const fleet = await startFleet();
  await fleet.register(
    await fleet.call('/activate?name=web-1', withDocument(documentOf(pendingAt(fleet.clock.now())))),
  );
  await fleet.sweepAfter(MINUTE_MS);

  await fleet.call('/activate?name=web-1', fromNetwork());

  const refused = (await eventsOf(fleet, '&name=web-1')).filter(({ Code }) => Code);
  expect(refused).toMatchObject([
    { Code: 'NameHeldByOtherProof', Identity: { Proof: 'network', Subject: '10.0.0.7' } },
  ]);
});

/** Twelve refusals of three names and as many callers as there are, a second apart. */
const startWithEvents = async () => {
  const fleet = await startFleet();
  for (let number = 0; number < 12; number += 1) {
    await fleet.call(`/activate?name=${number % 3}-host`, fromNetwork(`192.0.2.${number}`));
    fleet.clock.advance(1_000);
  }
  return fleet;
};

const readInPages = async ({ operate }: Fleet, limit: number, query = '') => {
  const events: z.infer<typeof Page>['Events'] = [];
  let cursor = '';
  for (let pages = 0; pages < 30; pages += 1) {
    const { body } = await operate('GET', `/events?limit=${limit}${query}${cursor}`);
    const page = Page.parse(body);
    events.push(...page.Events);
    if (page.NextCursor === undefined) return events;
    cursor = `&cursor=${page.NextCursor}`;
  }
  throw new Error('the pages do not end');
};

test.each([1, 2, 5, 12, 100])('in pages of %i every event comes once, the newest first', async (limit) => {
  const fleet = await startWithEvents();

  const events = await readInPages(fleet, limit);

  const times = events.map(({ EventTime }) => EventTime);
  expect(times).toEqual(times.toSorted().toReversed());
  expect(new Set(events.map(({ EventId }) => EventId)).size).toBe(12);
  expect(events).toHaveLength(12);
});

test('events of one name, since a time, come in pages as well', async () => {
  const fleet = await startWithEvents();

  const since = await readInPages(fleet, 2, '&since=2026-11-21T10:00:06Z');
  const named = await readInPages(fleet, 1, '&name=1-host');
  const both = await readInPages(fleet, 1, '&name=1-host&since=2026-11-21T10:00:04.000Z');

  expect(since.map(({ EventTime }) => EventTime.slice(17, 19))).toEqual(['11', '10', '09', '08', '07', '06']);
  expect(named.map(({ Name }) => Name)).toEqual(Array(4).fill('1-host'));
  expect(both.map(({ EventTime }) => EventTime.slice(17, 19))).toEqual(['10', '07', '04']);
});

test('after a cursor of a time before the one asked for there is nothing', async () => {
  const fleet = await startWithEvents();
  const { body } = await fleet.operate('GET', '/events?limit=1');

  const query = `cursor=${body['NextCursor']}&since=2026-11-22T00:00:00Z`;
  const answer = await fleet.operate('GET', `/events?${query}`);

  expect(answer).toEqual({ status: 200, body: { Events: [] } });
});

test("a cursor of another name's events is bad input", async () => {
  const fleet = await startWithEvents();
  const { body } = await fleet.operate('GET', '/events?limit=1');

  const answer = await fleet.operate('GET', `/events?cursor=${body['NextCursor']}&name=1-host`);

  expect(answer).toMatchObject({ status: 400, body: { code: 'InvalidRequest' } });
});

test.each(['since=yesterday', 'limit=0', 'limit=101', 'cursor=!', 'kind=RequestRefused'])(
  'asking for events with %s is bad input',
  async (query) => {
    const fleet = await startFleet();

    expect(await fleet.operate('GET', `/events?${query}`)).toMatchObject({ status: 400 });
  },
);
