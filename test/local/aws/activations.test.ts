import {
  DeleteActivationCommand,
  DescribeActivationsCommand,
  type DescribeActivationsFilter,
  DescribeInstanceInformationCommand,
  paginateDescribeActivations,
} from '@aws-sdk/client-ssm';
import { describe, expect, test } from 'vitest';
import { day, hour, refusal, startTestAws } from '../embedded-aws.ts';

describe('CreateActivation', () => {
  test('gives an id and a code in the forms of AWS', async () => {
    const { activate } = await startTestAws();

    const { activationId, activationCode } = await activate();

    expect(activationId).toMatch(/^[0-9a-f]{8}-([0-9a-f]{4}-){3}[0-9a-f]{12}$/);
    expect(activationCode).toMatch(/^[\w+/]{20}$/);
  });

  test('keeps what it was given, and defaults to one registration and 24 hours', async () => {
    const { activate, ssm, clock } = await startTestAws();
    const { activationId } = await activate({
      Description: 'a host',
      DefaultInstanceName: 'Ünïcode host/1',
      IamRole: 'service-role/NodeRole',
      Tags: [{ Key: 'Environment', Value: 'Prod' }],
    });

    const { ActivationList } = await ssm.send(new DescribeActivationsCommand({}));

    expect(ActivationList).toEqual([
      {
        ActivationId: activationId,
        Description: 'a host',
        DefaultInstanceName: 'Ünïcode host/1',
        IamRole: 'service-role/NodeRole',
        RegistrationLimit: 1,
        RegistrationsCount: 0,
        ExpirationDate: new Date(clock().getTime() + day),
        Expired: false,
        CreatedDate: clock(),
        Tags: [{ Key: 'Environment', Value: 'Prod' }],
      },
    ]);
  });

  test('names every constraint that the input breaks', async () => {
    const { activate } = await startTestAws();

    const { code, message } = await refusal(
      activate({
        IamRole: 'r'.repeat(65),
        Description: 'd'.repeat(257),
        DefaultInstanceName: 'a#b',
        RegistrationLimit: 1001,
        Tags: [
          { Key: 'ok', Value: 'a,b' },
          { Key: '', Value: 'x' },
        ],
      }),
    );

    expect(code).toBe('ValidationException');
    expect(message).toMatch(/^6 validation errors detected: /);
    expect(message).toContain(
      "Value '1001' at 'registrationLimit' failed to satisfy constraint: Member must have value less than or equal to 1000",
    );
    expect(message).toContain(
      "Value 'a#b' at 'defaultInstanceName' failed to satisfy constraint: Member must satisfy regular expression pattern: ^([\\p{L}",
    );
    expect(message).toContain(
      "Value '' at 'tags.2.member.key' failed to satisfy constraint: Member must have",
    );
    expect(message).toContain("at 'iamRole' failed to satisfy constraint: Member must have length less than");
  });

  test.each([
    ['no role', { IamRole: undefined }, 'ValidationException', "Value null at 'iamRole'"],
    ['an ARN for a role', { IamRole: 'arn:aws:iam::1:role/x' }, 'ValidationException', 'Nonexistent role'],
    ['a reserved tag key', { Tags: [{ Key: 'aws:x', Value: '' }] }, 'ValidationException', 'reserved'],
    ['a limit of none', { RegistrationLimit: 0 }, 'ValidationException', 'greater than or equal to 1'],
  ])('refuses %s', async (_case, input, expectedCode, expectedMessage) => {
    const { activate } = await startTestAws();

    const { code, message } = await refusal(activate(input));

    expect(code).toBe(expectedCode);
    expect(message).toContain(expectedMessage);
  });

  test('refuses an expiration date in the past or more than 30 days away', async () => {
    const { activate, clock } = await startTestAws();
    const expiringIn = (milliseconds: number) =>
      activate({ ExpirationDate: new Date(clock().getTime() + milliseconds) });

    expect(await refusal(expiringIn(-1000))).toMatchObject({ code: 'InvalidParameters' });
    expect(await refusal(expiringIn(30 * day + 2000))).toMatchObject({ code: 'InvalidParameters' });
    await expect(expiringIn(30 * day - 2000)).resolves.toBeDefined();
  });

  test('refuses a 51st tag', async () => {
    const { activate } = await startTestAws();
    const tags = (count: number) =>
      Array.from({ length: count }, (_, index) => ({ Key: `k${index}`, Value: '' }));

    await expect(activate({ Tags: tags(50) })).resolves.toBeDefined();
    expect(await refusal(activate({ Tags: tags(51) }))).toMatchObject({ code: 'TooManyTagsError' });
  });
});

describe('DescribeActivations', () => {
  test('still shows an activation that has expired', async () => {
    const { activate, ssm, advance, clock } = await startTestAws();
    await activate({ ExpirationDate: new Date(clock().getTime() + hour) });
    advance(hour + 1000);

    const { ActivationList } = await ssm.send(new DescribeActivationsCommand({}));

    expect(ActivationList).toMatchObject([{ Expired: true }]);
  });

  test('filters by id, name and role, all of which must hold', async () => {
    const { activate, ssm } = await startTestAws();
    const a = await activate({ DefaultInstanceName: 'a' });
    const b = await activate({ DefaultInstanceName: 'b' });
    const b2 = await activate({ DefaultInstanceName: 'b', IamRole: 'OtherRole' });
    const found = async (...Filters: DescribeActivationsFilter[]) => {
      const { ActivationList = [] } = await ssm.send(new DescribeActivationsCommand({ Filters }));
      return ActivationList.map(({ ActivationId }) => ActivationId);
    };
    const byId = (...ids: string[]) => ({ FilterKey: 'ActivationIds', FilterValues: ids }) as const;
    const byName = (...names: string[]) =>
      ({ FilterKey: 'DefaultInstanceName', FilterValues: names }) as const;
    const byRole = (...roles: string[]) => ({ FilterKey: 'IamRole', FilterValues: roles }) as const;

    expect(await found(byId(b.activationId, a.activationId, 'unknown'))).toEqual([
      a.activationId,
      b.activationId,
    ]);
    expect(await found(byName('b'))).toEqual([b.activationId, b2.activationId]);
    expect(await found(byName('a', 'b'), byRole('OtherRole'))).toEqual([b2.activationId]);
    expect(await found(byId(a.activationId), byName('b'))).toEqual([]);
  });

  test('pages through all of them once, in order', async () => {
    const { activate, ssm } = await startTestAws();
    const created = [];
    for (let index = 0; index < 7; index++) created.push((await activate()).activationId);

    const pages = [];
    for await (const page of paginateDescribeActivations({ client: ssm, pageSize: 3 }, {}))
      pages.push(page.ActivationList?.map(({ ActivationId }) => ActivationId));

    expect(pages.map((page) => page?.length)).toEqual([3, 3, 1]);
    expect(pages.flat()).toEqual(created);
  });

  test('refuses a token that is garbled or belongs to another question', async () => {
    const { activate, ssm } = await startTestAws();
    await activate();
    await activate();
    const { NextToken = '' } = await ssm.send(new DescribeActivationsCommand({ MaxResults: 1 }));
    const garbled = NextToken.replace(/.$/, (last) => (last === 'A' ? 'B' : 'A'));
    const filter = { FilterKey: 'IamRole' as const, FilterValues: ['NodeRole'] };

    const again = await ssm.send(new DescribeActivationsCommand({ MaxResults: 1, NextToken }));
    expect(again.ActivationList).toHaveLength(1);
    expect(again.NextToken).toBeUndefined();
    for (const input of [
      { NextToken: garbled },
      { NextToken: 'nonsense' },
      { NextToken: '' },
      { NextToken, Filters: [filter] },
    ])
      expect(await refusal(ssm.send(new DescribeActivationsCommand(input)))).toMatchObject({
        code: 'InvalidNextToken',
      });
  });

  test('refuses filters without key or values, keys it does not know, and page sizes out of range', async () => {
    const { ssm } = await startTestAws();
    const codeFor = async (input: object) =>
      (await refusal(ssm.send(new DescribeActivationsCommand(input)))).code;

    expect(await codeFor({ Filters: [{ FilterKey: 'IamRole' }] })).toBe('InvalidFilter');
    expect(await codeFor({ Filters: [{ FilterValues: ['x'] }] })).toBe('InvalidFilter');
    expect(await codeFor({ Filters: [{ FilterKey: 'Name', FilterValues: ['x'] }] })).toBe(
      'ValidationException',
    );
    expect(await codeFor({ MaxResults: 0 })).toBe('ValidationException');
    expect(await codeFor({ MaxResults: 51 })).toBe('ValidationException');
  });
});

describe('DeleteActivation', () => {
  test('leaves the nodes that registered with it', async () => {
    const { activate, machine, ssm } = await startTestAws();
    const activation = await activate();
    const node = machine();
    await node.register(activation);

    await ssm.send(new DeleteActivationCommand({ ActivationId: activation.activationId }));

    await node.ping();
    const { ActivationList } = await ssm.send(new DescribeActivationsCommand({}));
    const { InstanceInformationList } = await ssm.send(new DescribeInstanceInformationCommand({}));
    expect(ActivationList).toEqual([]);
    expect(InstanceInformationList).toMatchObject([
      { InstanceId: node.instanceId, PingStatus: 'Online', ActivationId: activation.activationId },
    ]);
  });

  test('ends registration with the activation', async () => {
    const { activate, machine, ssm } = await startTestAws();
    const activation = await activate();

    await ssm.send(new DeleteActivationCommand({ ActivationId: activation.activationId }));

    expect(await refusal(machine().register(activation))).toMatchObject({ code: 'InvalidActivation' });
  });

  test('tells an id that is none from one that is not there', async () => {
    const { activate, ssm } = await startTestAws();
    const { activationId: ActivationId } = await activate();
    await ssm.send(new DeleteActivationCommand({ ActivationId }));
    const codeFor = async (id: string) =>
      (await refusal(ssm.send(new DeleteActivationCommand({ ActivationId: id })))).code;

    expect(await codeFor(ActivationId)).toBe('InvalidActivation');
    expect(await codeFor('nonsense')).toBe('InvalidActivationId');
  });
});
