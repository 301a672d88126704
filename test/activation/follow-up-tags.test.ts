import { expect, test } from 'vitest';
import { NameHeldByOtherProof, NameUnknown, TagsRefused, TooManyTags } from '../../src/activation/errors.ts';
import { AwsError } from '../../src/local/aws/errors.ts';
import { HOUR_MS, startScenario } from './scenario.ts';

const SETTLED_MS = 5 * 60_000 + 1;

test('tags given to the activation are on the node from its first moment', async () => {
  const service = await startScenario();

  const node = await service.register(await service.activate({ tags: { Role: 'web' } }));

  expect(await service.tagsOf(node.id)).toEqual({ Role: 'web' });
});

test('tags that come before the machine registered are pending, and reach the node with the sweep', async () => {
  const service = await startScenario();
  const activation = await service.activate({ tags: { Role: 'web', Stage: 'test' } });

  const outcome = await service.tag({ Stage: 'prod', Owner: '' });
  const node = await service.register(activation);
  await node.ping();
  await service.sweepAfter(2_000);

  const tags = { Role: 'web', Stage: 'prod', Owner: '' };
  expect(outcome).toEqual({ kind: 'pending', tags });
  expect(await service.tagsOf(node.id)).toEqual(tags);
  expect(service.events.map(({ kind }) => kind)).toEqual([
    'ActivationIssued',
    'TagsAccepted',
    'NodeLinked',
    'TagsApplied',
  ]);
});

test('tags that come after the machine registered are on the node with the answer', async () => {
  const service = await startScenario();
  const node = await service.register(await service.activate());

  const outcome = await service.tag({ Role: 'db' });

  expect(outcome).toMatchObject({ kind: 'applied', node: { id: node.id, tags: { Role: 'db' } } });
  expect(await service.tagsOf(node.id)).toEqual({ Role: 'db' });
});

test('tags that are removed go from the node', async () => {
  const service = await startScenario();
  const node = await service.register(await service.activate({ tags: { Role: 'web', Stage: 'test' } }));

  await service.tag({ Stage: 'prod' }, ['Role']);

  expect(await service.tagsOf(node.id)).toEqual({ Stage: 'prod' });
});

test('follow-up tags survive a burned node: the one that takes its place has them', async () => {
  const service = await startScenario();
  const first = await service.activate({ tags: { Role: 'web' } });
  await service.tag({ Owner: 'ops' });
  await service.register(first);
  await service.sweepAfter(2_000);

  const second = await service.register(await service.activate({ tags: { Role: 'web' } }));
  await second.ping();
  await service.sweepAfter(10_000);

  expect(await service.tagsOf(second.id)).toEqual({ Role: 'web', Owner: 'ops' });
});

test('follow-up tags survive a retry of the activation', async () => {
  const service = await startScenario();
  await service.activate();
  await service.tag({ Owner: 'ops' });

  const node = await service.register(await service.activate());
  await node.ping();
  await service.sweepAfter(2_000);

  expect(await service.tagsOf(node.id)).toEqual({ Owner: 'ops' });
});

test('follow-up tags survive a retry that failed', async () => {
  const service = await startScenario();
  await service.activate();
  await service.tag({ Owner: 'ops' });
  service.faults.refuse = (operation) =>
    operation === 'CreateActivation' ? new AwsError('AccessDeniedException') : undefined;
  await expect(service.activate()).rejects.toThrow();
  delete service.faults.refuse;

  const node = await service.register(await service.activate());
  await node.ping();
  await service.sweepAfter(2_000);

  expect(await service.tagsOf(node.id)).toEqual({ Owner: 'ops' });
});

test('follow-up tags survive a retry of an activation that an operator released', async () => {
  const service = await startScenario();
  const old = await service.register(await service.activate({ tags: { Role: 'old' } }));
  await old.ping();
  await service.tag({ Owner: 'of-the-old-machine' });
  await service.release();
  await service.activate();
  await service.tag({ Owner: 'of-the-new-machine' });

  const node = await service.register(await service.activate());
  await node.ping();
  await service.sweepAfter(10_000);

  expect(await service.tagsOf(node.id)).toEqual({ Owner: 'of-the-new-machine' });
});

test('the machine that an operator lets in does not inherit the follow-up tags of the one before', async () => {
  const service = await startScenario();
  const first = await service.activate();
  await service.tag({ Owner: 'of-the-old-machine' });
  const old = await service.register(first);
  await old.ping();
  await service.sweepAfter(2_000);
  await service.release();

  const node = await service.register(await service.activate());
  await node.ping();
  await service.sweepAfter(10_000);

  expect(await service.tagsOf(node.id)).toEqual({});
});

test('an activation that expires unused drops its follow-up tags with an event', async () => {
  const service = await startScenario();
  const activation = await service.activate();
  await service.tag({ Owner: 'ops' });

  await service.sweepAfter(HOUR_MS + SETTLED_MS);

  expect(await service.record()).toMatchObject({ ended: 'expired' });
  expect(await service.record()).not.toHaveProperty('activation');
  expect(await service.record()).not.toHaveProperty('followUps');
  expect(service.events.slice(-2)).toMatchObject([
    { kind: 'ActivationExpired', activationId: activation.id },
    { kind: 'TagsDropped', tags: { Owner: 'ops' } },
  ]);
  await expect(service.tag({ Owner: 'ops' })).rejects.toThrow(NameUnknown);
});

test('an activation that expires unused beside an old node drops its follow-up tags with an event', async () => {
  const service = await startScenario();
  const old = await service.register(await service.activate());
  await old.ping();
  await service.release();
  await service.activate();
  expect(await service.tag({ Owner: 'ops' })).toMatchObject({ kind: 'pending' });

  await service.sweepAfter(HOUR_MS + SETTLED_MS);

  expect(service.events).toContainEqual(
    expect.objectContaining({ kind: 'TagsDropped', tags: { Owner: 'ops' } }),
  );
});

test('a tag that is removed before the machine registered does not stay on the node', async () => {
  const service = await startScenario();
  const activation = await service.activate({ tags: { Role: 'web', Stage: 'test' } });

  await service.tag({}, ['Role']);
  const node = await service.register(activation);
  await node.ping();
  await service.sweepAfter(2_000);

  expect(await service.tagsOf(node.id)).toEqual({ Stage: 'test' });
});

test('tags that come while a second activation is out reach the node of the first, should that report after all', async () => {
  const service = await startScenario();
  const late = await service.register(await service.activate({ tags: { Role: 'web' } }));
  await service.activate({ tags: { Role: 'web' } });
  await service.tag({ Owner: 'ops' });

  await late.ping();
  await service.sweepAfter(10_000);

  expect(await service.tagsOf(late.id)).toEqual({ Role: 'web', Owner: 'ops' });
});

test('follow-up tags of a name whose last attempt failed are dropped with an event when no machine can come any more', async () => {
  const service = await startScenario();
  await service.activate();
  await service.tag({ Owner: 'ops' });
  service.faults.refuse = (operation) =>
    operation === 'CreateActivation' ? new AwsError('AccessDeniedException') : undefined;
  await expect(service.activate()).rejects.toThrow();
  expect((await service.record())?.followUps?.changes).toEqual({ Owner: 'ops' });

  await service.sweepAfter(SETTLED_MS);

  expect((await service.record())?.followUps).toBeUndefined();
  expect(service.events.at(-1)).toMatchObject({ kind: 'TagsDropped', tags: { Owner: 'ops' } });
});

test('tags that Systems Manager refuses for good are dropped with an event that says why', async () => {
  const service = await startScenario();
  const node = await service.register(await service.activate());
  await service.sweepAfter(2_000);
  service.faults.refuse = (operation) =>
    operation === 'AddTagsToResource' ? new AwsError('TooManyTagsError') : undefined;

  await expect(service.tag({ Role: 'web' })).rejects.toThrow(TagsRefused);

  expect(service.events.at(-1)).toMatchObject({ kind: 'TagsRefused', nodeId: node.id, code: 'TagsRefused' });
  expect((await service.record())?.node).toMatchObject({ tags: {}, unappliedTags: [] });
});

test('tags beyond 50 are refused before anything is kept', async () => {
  const service = await startScenario();
  await service.activate({ tags: { Role: 'web' } });
  const fifty = Object.fromEntries(Array.from({ length: 50 }, (_, index) => [`k${index}`, '']));

  await expect(service.tag(fifty)).rejects.toThrow(TooManyTags);

  expect((await service.record())?.followUps).toBeUndefined();
});

test('another kind of proof cannot tag the node', async () => {
  const service = await startScenario();
  await service.register(
    await service.activate({ principal: { proof: 'oidc', subject: 'x', mayRejoin: false } }),
  );

  await expect(service.tag({ Role: 'web' })).rejects.toThrow(NameHeldByOtherProof);
});

test('a node that a request found before the sweep did has its event all the same', async () => {
  const service = await startScenario();
  const node = await service.register(await service.activate());
  await node.ping();

  await service.tag({ Role: 'web' });
  await service.sweepAfter(2_000);

  const linked = service.events.filter(({ kind }) => kind === 'NodeLinked');
  expect(linked.map(({ nodeId }) => nodeId)).toEqual([node.id]);
});
