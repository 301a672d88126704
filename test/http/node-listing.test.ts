import { expect, test } from 'vitest';
import * as z from 'zod';
import { AwsError } from '../../src/local/aws/errors.ts';
import type { Faults } from '../../src/local/aws/faults.ts';
import { type Api, activate, asOperator, bootMachine, machineOf, problemIn, startApi } from './api.ts';

const Listing = z.strictObject({
  Nodes: z.array(z.looseObject({ Name: z.string() })),
  NextCursor: z.string().optional(),
  Warning: z.string().optional(),
});

const list = async (api: Api, query: string) => {
  const { body } = await asOperator(api, 'get', `/nodes?${query}`).expect(200);
  const { Nodes, ...rest } = Listing.parse(body);
  return { names: Nodes.map(({ Name }) => Name), nodes: Nodes, ...rest };
};

const throttled: Faults['refuse'] = () => new AwsError('ThrottlingException');

test("a node is listed with everything that is known of it, in AWS's words", async () => {
  const api = await startApi();
  const { instanceId } = await bootMachine(api, 'web-1', 'Role=web');

  const { nodes } = await list(api, '');

  expect(nodes).toEqual([
    {
      Name: 'web-1',
      InstanceId: instanceId,
      Status: 'Registered',
      PingStatus: 'Online',
      LastPingDateTime: '2026-11-21T10:00:00Z',
      AgentVersion: expect.any(String),
      IPAddress: expect.stringMatching(/^[0-9.]+$/),
      ActivationId: expect.stringMatching(/^[0-9a-f-]{36}$/),
      RegistrationDate: '2026-11-21T10:00:00Z',
      Tags: { Role: 'web' },
      Identity: { Proof: 'network', Subject: '127.0.0.1' },
    },
  ]);
});

test('a name that has only its activation is listed with its expiry', async () => {
  const api = await startApi();
  await activate(api, { name: 'web-1', tags: 'Role=web' });

  const { nodes } = await list(api, '');

  expect(nodes).toEqual([
    {
      Name: 'web-1',
      Status: 'Issued',
      ActivationId: expect.any(String),
      ExpirationDate: '2026-11-21T11:00:00Z',
      Tags: { Role: 'web' },
      Identity: { Proof: 'network', Subject: '127.0.0.1' },
    },
  ]);
});

test('filters narrow the listing by name, prefix, status, tag and node', async () => {
  const api = await startApi();
  const { instanceId } = await bootMachine(api, 'web-1', 'Role=web,Team=a');
  await activate(api, { name: 'web-2', tags: 'Role=web,Team=b=c' });
  await activate(api, { name: 'db-1', tags: 'Role=db' });

  const found = async (query: string) => (await list(api, query)).names;

  expect(await found('')).toEqual(['db-1', 'web-1', 'web-2']);
  expect(await found('name=web-1')).toEqual(['web-1']);
  expect(await found('name=web')).toEqual([]);
  expect(await found('prefix=web')).toEqual(['web-1', 'web-2']);
  expect(await found('prefix=')).toEqual(['db-1', 'web-1', 'web-2']);
  expect(await found('status=Registered')).toEqual(['web-1']);
  expect(await found('status=Issued&prefix=web')).toEqual(['web-2']);
  expect(await found('tag=Role=web')).toEqual(['web-1', 'web-2']);
  expect(await found('tag=Team=b=c')).toEqual(['web-2']);
  expect(await found('tag=Team=')).toEqual([]);
  expect(await found('tag=constructor=x')).toEqual([]);
  expect(await found(`instanceId=${instanceId}`)).toEqual(['web-1']);
  expect(await found('instanceId=mi-0123456789abcdef0')).toEqual([]);
  expect(await found(`instanceId=${instanceId}&name=web-2`)).toEqual([]);
});

test('pages visit every one of 120 names exactly once, also while names come', async () => {
  const api = await startApi();
  const names = Array.from({ length: 120 }, (_, index) => `host-${String(index).padStart(3, '0')}`);
  await Promise.all(names.map((name) => activate(api, { name })));

  const seen: string[] = [];
  let cursor: string | undefined = '';
  while (cursor !== undefined) {
    const page: Awaited<ReturnType<typeof list>> = await list(api, `limit=7${cursor && `&cursor=${cursor}`}`);
    expect(page.names.length).toBeLessThanOrEqual(7);
    seen.push(...page.names);
    cursor = page.NextCursor;
    if (seen.length === 14) await activate(api, { name: 'a-newcomer' });
  }

  expect(seen).toEqual(names);
});

test('a page of a filtered listing is filled, and its cursor goes on', async () => {
  const api = await startApi();
  const names = Array.from({ length: 30 }, (_, index) => `host-${String(index).padStart(2, '0')}`);
  await Promise.all(names.map((name, index) => activate(api, { name, tags: `Third=${index % 3}` })));

  const first = await list(api, 'tag=Third=2&limit=6');
  const second = await list(api, `tag=Third=2&limit=6&cursor=${first.NextCursor}`);

  expect(first.names).toHaveLength(6);
  expect([...first.names, ...second.names]).toEqual(names.filter((_, index) => index % 3 === 2));
  expect(second.NextCursor).toBeUndefined();
});

test.each([
  'cursor=!',
  'cursor=',
  `cursor=${Buffer.from('a'.repeat(257)).toString('base64url')}`,
  'limit=0',
  'limit=101',
  'limit=ten',
  'limit=1.5',
  'status=Gone',
  'tag=Role',
  'tag==x',
  'instanceId=i-0123456789abcdef0',
  'name=',
  'offset=3',
  'limit=1&limit=2',
])('a listing by %s is not valid', async (query) => {
  const api = await startApi();

  problemIn(await asOperator(api, 'get', `/nodes?${query}`), 400, 'InvalidRequest');
});

test.each(['a', 'zebra'])('a cursor at %s, outside of the prefix, is not valid', async (name) => {
  const api = await startApi();
  await activate(api, { name: 'web-1' });
  const cursor = Buffer.from(name).toString('base64url');

  problemIn(await asOperator(api, 'get', `/nodes?prefix=web&cursor=${cursor}`), 400, 'InvalidRequest');
});

test.each(['web-1', 'mi'])('one node is found by its %s with its ping status of the moment', async (by) => {
  const api = await startApi();
  const { machine, instanceId } = await bootMachine(api, 'web-1');
  const show = async () => {
    const { body } = await asOperator(api, 'get', `/nodes/${by === 'mi' ? instanceId : by}`).expect(200);
    return body;
  };

  expect(await show()).toMatchObject({ Name: 'web-1', InstanceId: instanceId, PingStatus: 'Online' });
  api.clock.advance(11 * 60_000);
  expect(await show()).toMatchObject({
    PingStatus: 'ConnectionLost',
    LastPingDateTime: '2026-11-21T10:00:00Z',
  });
  await machine.ping();
  expect(await show()).toMatchObject({ PingStatus: 'Online', LastPingDateTime: '2026-11-21T10:11:02Z' });
});

test('a machine that registered a moment ago is shown before any sweep, by its name and in the listing', async () => {
  const api = await startApi();
  const machine = machineOf(api, 'web-1');
  const instanceId = await machine.register(await activate(api, { name: 'web-1' }));

  const expected = { Name: 'web-1', InstanceId: instanceId, Status: 'Registered' };
  const { body } = await asOperator(api, 'get', '/nodes/web-1').expect(200);
  expect(body).toMatchObject(expected);
  expect((await list(api, '')).nodes[0]).toMatchObject(expected);
});

test.each([
  'rack 3/unit 4',
  '東京/ノード',
  'a=b:c@d+e',
  '.hidden',
  '名'.repeat(256),
  'tags',
  'mi-not-really',
])('a name such as %s is found, tagged and removed by its percent-encoded path', async (name) => {
  const api = await startApi();
  await api.http.post('/activate').send({ name }).expect(200);
  const path = `/nodes/${encodeURIComponent(name)}`;

  const shown = await asOperator(api, 'get', path).expect(200);
  await asOperator(api, 'put', `${path}/tags`)
    .send({ tags: { Role: 'web' } })
    .expect(202);
  const removed = await asOperator(api, 'delete', path).expect(200);

  expect(shown.body.Name).toBe(name);
  expect(removed.body).toMatchObject({ Name: name, Status: 'Revoked' });
});

test('while Systems Manager throttles, listings and nodes are shown without ping status and say so', async () => {
  const api = await startApi();
  const { instanceId } = await bootMachine(api, 'web-1');
  api.faults.refuse = throttled;
  const ticking = setInterval(() => api.clock.advance(3_000), 20);

  const { nodes, Warning } = await list(api, '');
  const one = await asOperator(api, 'get', '/nodes/web-1');
  clearInterval(ticking);

  expect(Warning).toContain('ping status');
  expect(nodes).toMatchObject([{ Name: 'web-1', InstanceId: instanceId, Status: 'Registered' }]);
  expect(nodes[0]).not.toHaveProperty('PingStatus');
  expect(one.status).toBe(200);
  expect(one.body).not.toHaveProperty('PingStatus');
});
