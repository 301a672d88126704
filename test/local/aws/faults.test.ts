import {
  DeleteActivationCommand,
  DescribeActivationsCommand,
  UpdateManagedInstanceRoleCommand,
} from '@aws-sdk/client-ssm';
import { expect, test } from 'vitest';
import { AwsError } from '../../../src/local/aws/errors.ts';
import { refusal, startTestAws } from '../embedded-aws.ts';

test('with a rate set, calls beyond it are throttled until time refills it', async () => {
  const { activate, faults, advance } = await startTestAws();
  faults.tps = 3;
  const codes = async (count: number) => {
    const seen = [];
    for (let index = 0; index < count; index++)
      seen.push(
        await activate().then(
          () => 'ok',
          ({ name, message }) => `${name}: ${message}`,
        ),
      );
    return seen;
  };
  const throttled = 'ThrottlingException: Rate exceeded';

  expect(await codes(5)).toEqual(['ok', 'ok', 'ok', throttled, throttled]);
  advance(700);
  expect(await codes(3)).toEqual(['ok', 'ok', throttled]);
  advance(60_000);
  expect(await codes(4)).toEqual(['ok', 'ok', 'ok', throttled]);
  faults.tps = undefined;
  expect(await codes(2)).toEqual(['ok', 'ok']);
});

test('a rate below one a second still lets a call through in its time', async () => {
  const { activate, faults, advance } = await startTestAws();
  faults.tps = 0.5;

  await activate();
  advance(1000);
  expect(await refusal(activate())).toMatchObject({ code: 'ThrottlingException' });
  advance(1000);
  await expect(activate()).resolves.toBeDefined();
});

test("agents' calls neither use the rate up nor suffer from it", async () => {
  const { activate, machine, faults } = await startTestAws();
  const activation = await activate({ RegistrationLimit: 5 });
  faults.tps = 1;

  for (let index = 0; index < 5; index++) {
    const node = machine();
    await node.register(activation);
    await node.ping();
  }

  await expect(activate()).resolves.toBeDefined();
});

test('latency comes before each answer', async () => {
  const { activate, faults } = await startTestAws();
  faults.latencyMs = 150;
  const startedAt = performance.now();

  await activate();

  expect(performance.now() - startedAt).toBeGreaterThanOrEqual(145);
});

test.each([
  ['before', 0.49, 0],
  ['after', 0.5, 1],
])('a fault %s the operation took effect is an InternalServerError', async (_when, second, created) => {
  const numbers = [0.2, second];
  const { activate, faults, ssm } = await startTestAws({ random: () => numbers.shift() ?? 1 });
  faults.faultRate = 0.3;

  expect(await refusal(activate())).toMatchObject({ code: 'InternalServerError' });

  const { ActivationList } = await ssm.send(new DescribeActivationsCommand({}));
  expect(ActivationList).toHaveLength(created);
});

test('a fault rate fails its share of calls, about half of them after the effect', async () => {
  let seed = 1;
  const random = () => {
    seed = (seed * 48_271) % 2_147_483_647;
    return seed / 2_147_483_647;
  };
  const { activate, faults, ssm } = await startTestAws({ random });
  faults.faultRate = 0.4;
  const outcomes = await Promise.allSettled(Array.from({ length: 300 }, () => activate()));
  faults.faultRate = 0;

  const failed = outcomes.filter(({ status }) => status === 'rejected').length;
  let created = 0;
  let NextToken: string | undefined;
  do {
    const page = await ssm.send(new DescribeActivationsCommand({ NextToken }));
    created += page.ActivationList?.length ?? 0;
    NextToken = page.NextToken;
  } while (NextToken);

  expect(failed / 300).toBeCloseTo(0.4, 0.9);
  const lostAnswers = created - (300 - failed);
  expect(lostAnswers / failed).toBeGreaterThan(0.35);
  expect(lostAnswers / failed).toBeLessThan(0.65);
});

test('a lost answer is a broken connection after the operation took effect', async () => {
  const { activate, machine, faults } = await startTestAws();
  const activation = await activate();
  faults.loseAnswer = (operation) => operation === 'RegisterManagedInstance';

  expect(await refusal(machine().register(activation))).toMatchObject({ code: 'ECONNRESET' });

  faults.loseAnswer = undefined;
  expect(await refusal(machine().register(activation))).toMatchObject({ code: 'RegistrationLimitExceeded' });
});

test('a test can have an operation refused with any error', async () => {
  const { activate, faults } = await startTestAws();
  faults.refuse = (operation) =>
    operation === 'CreateActivation' ? new AwsError('TooManyUpdates') : undefined;

  expect(await refusal(activate())).toMatchObject({ code: 'TooManyUpdates' });
});

test.each([
  ['Throttling', { code: 'Throttling', message: 'Rate exceeded' }],
  ['TooManyUpdates', { code: 'TooManyUpdates' }],
] as const)('throttling can be told as %s', async (throttledAs, expected) => {
  const { activate, faults } = await startTestAws();
  faults.tps = 1;
  faults.throttledAs = throttledAs;

  await activate();

  expect(await refusal(activate())).toMatchObject(expected);
});

test('throttling can be told by a bare 429, without a body', async () => {
  const { activate, faults } = await startTestAws();
  faults.tps = 1;
  faults.throttledAs = 'TooManyRequestsWithoutBody';
  await activate();

  await expect(activate()).rejects.toMatchObject({ $metadata: { httpStatusCode: 429 }, $fault: 'client' });
});

test.each([
  ['nonexistent', 'Nonexistent role or missing ssm service principal in trust policy: NodeRole'],
  ['not existing', 'Not existing role: NodeRole'],
] as const)('a role can be missing, worded as %s', async (wording, message) => {
  const { activate, registered, ssm, faults } = await startTestAws();
  const { instanceId: InstanceId } = await registered({ IamRole: 'OtherRole' });
  faults.missingRoles = [{ role: 'NodeRole', wording }];
  const refused = { code: 'ValidationException', message };

  expect(await refusal(activate())).toMatchObject(refused);
  expect(
    await refusal(ssm.send(new UpdateManagedInstanceRoleCommand({ InstanceId, IamRole: 'NodeRole' }))),
  ).toMatchObject(refused);
  await expect(activate({ IamRole: 'OtherRole' })).resolves.toBeDefined();
});

test('a role that is new is missing for a while only', async () => {
  const { activate, faults, clock, advance } = await startTestAws();
  faults.missingRoles = [{ role: 'NodeRole', until: new Date(clock().getTime() + 10_000) }];
  advance(9_999);

  expect(await refusal(activate())).toMatchObject({ code: 'ValidationException' });
  advance(1);
  await expect(activate()).resolves.toBeDefined();
});

test('the activations of an account can be limited, used and expired ones among them', async () => {
  const { activate, machine, ssm, faults } = await startTestAws();
  faults.mostActivations = 2;
  await machine().register(await activate());
  const { activationId: ActivationId } = await activate();

  expect(await refusal(activate())).toMatchObject({ code: 'ServiceQuotaExceededException' });
  await ssm.send(new DeleteActivationCommand({ ActivationId }));
  await expect(activate()).resolves.toBeDefined();
});
