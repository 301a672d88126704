import {
  AddTagsToResourceCommand,
  ListTagsForResourceCommand,
  RemoveTagsFromResourceCommand,
  type ResourceTypeForTagging,
  type SSMClient,
  type Tag,
} from '@aws-sdk/client-ssm';
import { expect, test } from 'vitest';
import { refusal, startTestAws } from '../embedded-aws.ts';

const managedInstance = (ResourceId: string) => ({ ResourceType: 'ManagedInstance', ResourceId }) as const;

async function tagsOf(ssm: SSMClient, instanceId: string): Promise<Record<string, string>> {
  const answer = await ssm.send(new ListTagsForResourceCommand(managedInstance(instanceId)));
  return Object.fromEntries(answer.TagList?.map(({ Key = '', Value = '' }) => [Key, Value]) ?? []);
}

const addTags = (ssm: SSMClient, instanceId: string, Tags: Tag[]) =>
  ssm.send(new AddTagsToResourceCommand({ ...managedInstance(instanceId), Tags }));

test("an activation's tags are copied to each node that registers with it", async () => {
  const { ssm, activate, machine } = await startTestAws();
  const activation = await activate({ RegistrationLimit: 2, Tags: [{ Key: 'Environment', Value: 'Prod' }] });
  const one = await machine().register(activation);
  const two = await machine().register(activation);

  await addTags(ssm, one, [{ Key: 'Environment', Value: 'Test' }]);

  expect(await tagsOf(ssm, one)).toEqual({ Environment: 'Test' });
  expect(await tagsOf(ssm, two)).toEqual({ Environment: 'Prod' });
});

test('adding replaces values by key, and removing ignores keys that are not there', async () => {
  const { ssm, registered } = await startTestAws();
  const { instanceId } = await registered();

  await addTags(ssm, instanceId, [
    { Key: 'a', Value: '1' },
    { Key: 'b', Value: '' },
    { Key: '__proto__', Value: 'kept' },
  ]);
  await addTags(ssm, instanceId, [{ Key: 'a', Value: '2' }]);
  await ssm.send(
    new RemoveTagsFromResourceCommand({ ...managedInstance(instanceId), TagKeys: ['b', 'never'] }),
  );

  expect(Object.entries(await tagsOf(ssm, instanceId))).toEqual([
    ['a', '2'],
    ['__proto__', 'kept'],
  ]);
});

test('concurrent changes to one node all take effect', async () => {
  const { ssm, registered } = await startTestAws();
  const { instanceId } = await registered();
  const keys = Array.from({ length: 20 }, (_, index) => `k${index}`);

  await Promise.all(keys.map((Key) => addTags(ssm, instanceId, [{ Key, Value: 'x' }])));

  expect(Object.keys(await tagsOf(ssm, instanceId)).sort()).toEqual(keys.sort());
});

test('a 51st tag is refused, and none of the call is kept', async () => {
  const { ssm, registered } = await startTestAws();
  const { instanceId } = await registered();
  const tags = (count: number, prefix: string) =>
    Array.from({ length: count }, (_, index) => ({ Key: `${prefix}${index}`, Value: '' }));
  await addTags(ssm, instanceId, tags(49, 'old'));

  const { code } = await refusal(addTags(ssm, instanceId, tags(2, 'new')));

  expect(code).toBe('TooManyTagsError');
  expect(Object.keys(await tagsOf(ssm, instanceId))).toHaveLength(49);
});

test.each([
  ['a reserved key', [{ Key: 'aws:name', Value: '' }]],
  ['a comma', [{ Key: 'a', Value: 'b,c' }]],
  ['an empty key', [{ Key: '', Value: '' }]],
  ['a value of 257', [{ Key: 'a', Value: 'v'.repeat(257) }]],
])('%s is refused', async (_case, tags) => {
  const { ssm, registered } = await startTestAws();
  const { instanceId } = await registered();

  expect(await refusal(addTags(ssm, instanceId, tags))).toMatchObject({ code: 'ValidationException' });
});

test.each<[string, ResourceTypeForTagging, string]>([
  ['ValidationException', 'ManagedInstance', 'i-0123456789abcdef0'],
  ['InvalidResourceId', 'ManagedInstance', 'mi-0123456789abcdef0'],
  ['InvalidResourceType', 'Parameter', 'mi-0123456789abcdef0'],
])('%s answers the resource %s %s in all three operations', async (expected, ResourceType, ResourceId) => {
  const { ssm } = await startTestAws();
  const resource = { ResourceType, ResourceId };
  const attempts = [
    ssm.send(new AddTagsToResourceCommand({ ...resource, Tags: [{ Key: 'a', Value: 'b' }] })),
    ssm.send(new RemoveTagsFromResourceCommand({ ...resource, TagKeys: ['a'] })),
    ssm.send(new ListTagsForResourceCommand(resource)),
  ];

  for (const attempt of await Promise.all(attempts.map(refusal)))
    expect(attempt).toMatchObject({ code: expected });
});
