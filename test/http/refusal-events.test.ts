import { expect, test } from 'vitest';
import { LedgerUnavailable } from '../../src/activation/errors.ts';
import type { ActivationEvent } from '../../src/activation/events.ts';
import type { TestService } from '../service.ts';
import { activate, bootMachine, problemIn, startApi } from './api.ts';

const recording = () => {
  const events: ActivationEvent[] = [];
  const ports = ({ ports: { events: log } }: TestService) => ({
    events: {
      ...log,
      append: async (event: ActivationEvent) => {
        await log.append(event);
        events.push(event);
      },
    },
  });
  return { events, ports };
};

const MACHINE = { kind: 'machine', principal: { proof: 'network', subject: '127.0.0.1' } };
const UNPROVEN = { kind: 'unproven', sourceIp: '127.0.0.1' };

test.each([
  [
    'a name that is none',
    '/activate?name=web%0A1',
    { code: 'InvalidRequest', actor: UNPROVEN, name: 'web\n1' },
  ],
  ['no name', '/activate', { code: 'InvalidRequest', actor: MACHINE, name: undefined }],
  [
    'an over-long name',
    `/activate?name=${'a'.repeat(300)}`,
    { code: 'InvalidRequest', name: 'a'.repeat(256) },
  ],
  ['tags for nobody', '/tag?name=web-1&tags=a', { code: 'NameUnknown', actor: MACHINE, name: 'web-1' }],
])('a refusal for %s is an event with its code, its caller and its reason', async (_case, path, expected) => {
  const { events, ports } = recording();
  const { http, refusalsWritten } = await startApi({ ports });

  const { body } = await http.get(path);
  await refusalsWritten();

  expect(events).toHaveLength(1);
  expect(events[0]).toMatchObject({
    kind: 'RequestRefused',
    at: new Date('2026-11-21T10:00:00Z'),
    requestId: body.requestId,
    detail: body.detail,
    ...expected,
  });
});

test('a bad proof is an event of an unproven caller, and does not hold what was sent as proof', async () => {
  const { events, ports } = recording();
  const { http, refusalsWritten } = await startApi({ ports });

  await http.get('/activate?name=web-1').set('authorization', 'Bearer secret-of-a-caller').expect(401);
  await refusalsWritten();

  expect(events).toMatchObject([{ code: 'InvalidIdentity', actor: UNPROVEN, name: 'web-1' }]);
  expect(JSON.stringify(events)).not.toContain('secret-of-a-caller');
});

test.each([
  ['a body too large', { name: 'x'.repeat(65 * 1024) }, 'application/json', 'BodyTooLarge'],
  ['a body of another type', 'name=web-1', 'application/x-www-form-urlencoded', 'UnsupportedMediaType'],
  ['malformed JSON', '{', 'application/json', 'InvalidRequest'],
])('%s is an event', async (_case, body, type, code) => {
  const { events, ports } = recording();
  const { http, refusalsWritten } = await startApi({ ports });

  await http.post('/activate').set('content-type', type).send(body);
  await refusalsWritten();

  expect(events).toMatchObject([{ kind: 'RequestRefused', code, actor: UNPROVEN }]);
});

test('a name that is taken is an event that names the machine that asked and the node that has it', async () => {
  const { events, ports } = recording();
  const api = await startApi({ ports });
  const { instanceId } = await bootMachine(api, 'web-1');

  await api.http.get('/activate?name=web-1').expect(409);
  await api.refusalsWritten();

  expect(events.at(-1)).toMatchObject({ code: 'AlreadyRegistered', actor: MACHINE, name: 'web-1' });
  expect(events.at(-1)?.detail).toContain(instanceId);
});

test('an issued activation is an event with its id and tags, and without its code', async () => {
  const { events, ports } = recording();
  const api = await startApi({ ports });

  const { activationId, activationCode } = await activate(api, { name: 'web-1', tags: 'Role=web' });

  expect(events).toMatchObject([
    { kind: 'ActivationIssued', name: 'web-1', activationId, tags: { Role: 'web' }, actor: MACHINE },
  ]);
  expect(JSON.stringify(events)).not.toContain(activationCode);
});

test('a refusal whose event cannot be kept is answered all the same', async () => {
  const append = async () => {
    throw new LedgerUnavailable('The ledger does not answer; try again.', 2);
  };
  const { http } = await startApi({ ports: ({ ports: { events } }) => ({ events: { ...events, append } }) });

  problemIn(await http.get('/activate?name='), 400, 'InvalidRequest');
});

test('a refusal with many long reasons can still be kept as an event', async () => {
  const { events, ports } = recording();
  const { http, refusalsWritten } = await startApi({ ports });
  const tags = Array.from({ length: 50 }, (_, index) => `${index}${'!'.repeat(100)}`);

  await http.get(`/activate?name=web-1&tags=${tags}`).expect(400);
  await refusalsWritten();

  expect(events).toHaveLength(1);
  expect(events[0]?.detail).toHaveLength(1_000);
});
