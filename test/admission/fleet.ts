import { DescribeActivationsCommand, DescribeInstanceInformationCommand } from '@aws-sdk/client-ssm';
import * as z from 'zod';
import type { AppContext } from '../../src/http/app-context.ts';
import { createSimulatedMachine } from '../../src/local/simulated-machine.ts';
import type { Policy } from '../../src/policy/policy.ts';
import { keyPair } from '../local/embedded-aws.ts';
import { OPERATOR, REGION, startService, type TestService } from '../service.ts';
import { type Credentials, POLICY } from './credentials.ts';

const Activation = z.object({ ActivationId: z.string(), ActivationCode: z.string() });
const NewToken = z.object({ Token: z.string(), TokenId: z.string() });
const Answer = z.record(z.string(), z.unknown());

export interface Answered {
  readonly status: number;
  readonly body: Readonly<Record<string, unknown>>;
}

/** The service as machines and operators meet it, and the machines themselves. */
export interface Fleet extends TestService {
  /** Calls a machine's route, `/activate?name=web-1` say. */
  call(path: string, credentials: Credentials): Promise<Answered>;
  operate(method: 'GET' | 'POST' | 'DELETE', path: string, body?: object): Promise<Answered>;
  /** Makes a join token; its expiry and name pattern are given unless the terms say otherwise. */
  makeToken(terms?: object): Promise<{ readonly token: string; readonly id: string }>;
  /** A machine that registers with the activation in an answer. */
  register(answer: Answered): Promise<{ readonly id: string; ping(): Promise<void> }>;
  /** Lets so much time pass that what happened is due, then sweeps. */
  sweepAfter(milliseconds: number): Promise<void>;
  nodeIds(): Promise<string[]>;
  /** The activations that can still register a machine. */
  usable(): Promise<string[]>;
}

export const startFleet = async (
  policy: Policy = POLICY,
  changes: Partial<AppContext> = {},
): Promise<Fleet> => {
  const service = await startService(changes, policy);
  const { app, aws, clock, ssm } = service;

  const operate: Fleet['operate'] = async (method, url, payload) => {
    const response = await app.inject({ method, url, headers: OPERATOR, ...(payload && { payload }) });
    return { status: response.statusCode, body: Answer.parse(response.json()) };
  };

  return {
    ...service,
    operate,
    call: async (url, { headers = {}, remoteAddress = '192.0.2.7' }) => {
      const response = await app.inject({ url, headers, remoteAddress });
      return { status: response.statusCode, body: Answer.parse(response.json()) };
    },
    makeToken: async (terms = {}) => {
      const expiresAt = new Date(clock.now().getTime() + 86_400_000).toISOString();
      const { body } = await operate('POST', '/tokens', { namePattern: 'web-*', expiresAt, ...terms });
      const { Token: token, TokenId: id } = NewToken.parse(body);
      return { token, id };
    },
    register: async ({ body }) => {
      const { ActivationId: activationId, ActivationCode: activationCode } = Activation.parse(body);
      const place = { endpoint: aws.url, region: REGION, clock: clock.now, keyPair };
      const machine = createSimulatedMachine({ ...place, computerName: 'host' });
      const id = await machine.register({ activationId, activationCode });
      return { id, ping: () => machine.ping() };
    },
    sweepAfter: async (milliseconds) => {
      clock.advance(milliseconds);
      await service.sweep();
    },
    nodeIds: async () => {
      const { InstanceInformationList = [] } = await ssm.send(new DescribeInstanceInformationCommand({}));
      return InstanceInformationList.flatMap(({ InstanceId }) => InstanceId ?? []);
    },
    usable: async () => {
      const { ActivationList = [] } = await ssm.send(new DescribeActivationsCommand({ MaxResults: 50 }));
      return ActivationList.flatMap(({ ActivationId, Expired, RegistrationsCount = 0 }) =>
        ActivationId && !Expired && RegistrationsCount === 0 ? [ActivationId] : [],
      );
    },
  };
};
