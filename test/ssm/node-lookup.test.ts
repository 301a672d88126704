import type { SSMClient } from '@aws-sdk/client-ssm';
import { expect, test, vi } from 'vitest';
import * as z from 'zod';
import { deadlineIn, type Task } from '../../src/activation/deadline.ts';
import { ActivationId } from '../../src/activation/identifiers.ts';
import { createNodeLookup } from '../../src/ssm/node-lookup.ts';
import { createPace } from '../../src/ssm/pace.ts';
import { activationId } from '../activation/records.ts';
import { startTestAws } from '../local/embedded-aws.ts';
import { callerIn, createTime } from './time.ts';

const MACHINES = 100;
const soon = (time: ReturnType<typeof createTime>): Task => ({ deadline: time.deadlineIn(20_000) });

const Question = z.looseObject({
  Filters: z.array(z.looseObject({ Values: z.array(z.string()) })),
  NextToken: z.string().optional(),
});

/** What DescribeInstanceInformation was asked: the number of activations, and whether it was for a further page. */
const watchQuestions = (ssm: SSMClient) => {
  const questions: { values: number; further: boolean }[] = [];
  ssm.middlewareStack.add(
    (next) => (given) => {
      const { data } = Question.safeParse(given.input);
      if (data)
        questions.push({
          values: data.Filters[0]?.Values.length ?? 0,
          further: data.NextToken !== undefined,
        });
      return next(given);
    },
    { step: 'initialize' },
  );
  return questions;
};

const startLookup = async () => {
  const aws = await startTestAws();
  const time = createTime();
  const questions = watchQuestions(aws.ssm);
  return { ...aws, time, questions };
};

/** Machines that registered, each with an activation of its own. */
const registerMachines = async (
  { activate, machine }: Awaited<ReturnType<typeof startTestAws>>,
  count: number,
) => {
  const registered = new Map<ActivationId, string>();
  for (let index = 0; index < count; index += 1) {
    const activation = await activate();
    registered.set(ActivationId.parse(activation.activationId), await machine().register(activation));
  }
  return registered;
};

/** A pace whose turns come when the test says so. */
const createGate = () => {
  const gate = Promise.withResolvers<void>();
  const place = { turn: () => gate.promise, giveBack: () => {} };
  return { pace: { reserve: () => place }, open: gate.resolve };
};

test('a boot storm that asks while the first question waits for its turn makes one question of two pages', async () => {
  const aws = await startLookup();
  const registered = await registerMachines(aws, MACHINES);
  const { pace, open } = createGate();
  const lookUp = createNodeLookup(aws.ssm, callerIn(aws.time, { pace }));

  const answers = [];
  for (const id of registered.keys()) {
    answers.push(lookUp([id], soon(aws.time)));
    await Promise.resolve();
  }
  open();
  const found = await Promise.all(answers);

  expect(found.map((nodes) => nodes.map(({ id }) => id))).toEqual([...registered.values()].map((id) => [id]));
  expect(aws.questions).toEqual([
    { values: MACHINES, further: false },
    { values: MACHINES, further: true },
  ]);
});

test('under pacing a storm that goes on makes a question for every turn and not for every machine', async () => {
  const aws = await startLookup();
  const registered = await registerMachines(aws, MACHINES);
  const clock = () => new Date();
  const sleep = (milliseconds: number) => new Promise<void>((done) => setTimeout(done, milliseconds));
  const pace = createPace(20, clock, sleep);
  const lookUp = createNodeLookup(aws.ssm, {
    pace,
    clock,
    sleep,
    random: Math.random,
    onFailedCall: () => {},
  });

  const answers = [];
  for (const id of registered.keys()) {
    answers.push(lookUp([id], { deadline: deadlineIn(20_000, { clock }) }));
    await sleep(2);
  }
  const found = await Promise.all(answers);

  expect(found.flat().map(({ id }) => id)).toEqual([...registered.values()]);
  expect(aws.questions.length).toBeLessThan(MACHINES / 5);
});

test('a question that comes while another is under way is asked anew, and answered by what is so then', async () => {
  const aws = await startLookup();
  const activation = await aws.activate();
  const id = ActivationId.parse(activation.activationId);
  const lookUp = createNodeLookup(aws.ssm, callerIn(aws.time));
  aws.faults.latencyMs = 50;
  const underWay = lookUp([id], soon(aws.time));
  await vi.waitFor(() => expect(aws.questions).toHaveLength(1), { interval: 1 });
  delete aws.faults.latencyMs;

  const node = await aws.machine().register(activation);
  const late = await lookUp([id], soon(aws.time));

  expect(late.map((found) => found.id)).toEqual([node]);
  expect(aws.questions).toHaveLength(2);
  await underWay;
});

test('more activations than SSM takes in one question are asked about in several', async () => {
  const aws = await startLookup();
  const registered = await registerMachines(aws, 3);
  const strangers = Array.from({ length: 230 }, (_, index) => activationId(`stranger ${index}`));
  const [first, second, third] = registered.keys();
  if (!first || !second || !third) throw new Error('too few machines');
  const ids = [first, ...strangers.slice(0, 115), second, ...strangers.slice(115), third];

  const found = await createNodeLookup(aws.ssm, callerIn(aws.time))(ids, soon(aws.time));

  expect(found.map(({ id }) => id)).toEqual([...registered.values()]);
  expect(aws.questions.map(({ values }) => values)).toEqual([100, 100, 33]);
});

test('whoever would make a question too large begins another', async () => {
  const aws = await startLookup();
  const ids = Array.from({ length: 120 }, (_, index) => activationId(`stranger ${index}`));
  const { pace, open } = createGate();
  const lookUp = createNodeLookup(aws.ssm, callerIn(aws.time, { pace }));

  const answers = [lookUp(ids.slice(0, 60), soon(aws.time)), lookUp(ids.slice(60), soon(aws.time))];
  open();
  await Promise.all(answers);

  expect(aws.questions.map(({ values }) => values)).toEqual([60, 60]);
});

test('who joins a question gets the nodes of its own activations and no others', async () => {
  const aws = await startLookup();
  const registered = await registerMachines(aws, 3);
  const [first, second, third] = [...registered.keys()];
  if (!first || !second || !third) throw new Error('too few machines');
  const lookUp = createNodeLookup(aws.ssm, callerIn(aws.time));

  const found = await Promise.all([
    lookUp([first, second], soon(aws.time)),
    lookUp([second, third], soon(aws.time)),
  ]);

  const ids = [...registered.values()];
  expect(found.map((nodes) => nodes.map(({ id }) => id))).toEqual([ids.slice(0, 2), ids.slice(1)]);
  expect(aws.questions).toEqual([{ values: 3, further: false }]);
});

test('a node is described by what the agent told: burned, Online, silent', async () => {
  const aws = await startLookup();
  const activation = await aws.activate({ DefaultInstanceName: 'host-1' });
  const node = aws.machine();
  const id = await node.register(activation);
  const lookUp = createNodeLookup(aws.ssm, callerIn(aws.time));
  const look = () => lookUp([ActivationId.parse(activation.activationId)], soon(aws.time));

  const burned = await look();
  await node.ping();
  const online = await look();
  aws.advance(11 * 60_000);
  const silent = await look();

  expect(burned).toMatchObject([{ id, activationId: activation.activationId, pingStatus: 'ConnectionLost' }]);
  expect(burned[0]).not.toHaveProperty('agentVersion');
  expect(online).toMatchObject([{ id, pingStatus: 'Online', agentVersion: '3.3.0.0' }]);
  expect(silent).toMatchObject([{ id, pingStatus: 'ConnectionLost', agentVersion: '3.3.0.0' }]);
  expect(Math.abs((online[0]?.registeredAt.getTime() ?? 0) - aws.clock().getTime())).toBeLessThan(
    12 * 60_000,
  );
});

test('nodes that no activation of this service can have made are skipped', async () => {
  const aws = await startLookup();
  const registered = await registerMachines(aws, 1);
  const foreign = [
    { InstanceId: 'i-0123456789abcdef0', PingStatus: 'Online' },
    { InstanceId: 'mi-0123456789abcdef0', PingStatus: 'Online' },
    { InstanceId: 'mi-0123456789abcdef0', ActivationId: 'not an id' },
    {},
  ];
  aws.ssm.middlewareStack.add(
    (next) => async (given) => {
      const answer = await next(given);
      Object.assign(answer.output, {
        InstanceInformationList: [...foreign, ...Object.entries(answer.output).flatMap(listOf)],
      });
      return answer;
    },
    { step: 'initialize' },
  );
  const lookUp = createNodeLookup(aws.ssm, callerIn(aws.time));

  const found = await lookUp([...registered.keys()], soon(aws.time));

  expect(found.map(({ id }) => id)).toEqual([...registered.values()]);
});

const listOf = ([key, value]: [string, unknown]): unknown[] =>
  key === 'InstanceInformationList' && Array.isArray(value) ? value : [];

test('a question that failed fails for all who joined it, and the next one is asked anew', async () => {
  const aws = await startLookup();
  const registered = await registerMachines(aws, 1);
  const ids = [...registered.keys()];
  const lookUp = createNodeLookup(aws.ssm, callerIn(aws.time));
  aws.faults.faultRate = 1;
  const [one, other] = await Promise.allSettled([lookUp(ids, soon(aws.time)), lookUp(ids, soon(aws.time))]);
  delete aws.faults.faultRate;

  expect([one.status, other.status]).toEqual(['rejected', 'rejected']);
  expect((await lookUp(ids, soon(aws.time))).map(({ id }) => id)).toEqual([...registered.values()]);
});
