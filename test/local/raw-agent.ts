/** The agent's RSA-signed half of the protocol, each part of it open to be done wrong. */
import { constants, type KeyObject, sign } from 'node:crypto';
import * as z from 'zod';
import { callService } from '../../src/local/machine/agent-call.ts';
import { keyPair, region } from './embedded-aws.ts';

export const spki = (key: KeyObject) => key.export({ format: 'der', type: 'spki' }).toString('base64');

const token = z.strictObject({
  AccessKeyId: z.string(),
  SecretAccessKey: z.string(),
  SessionToken: z.string(),
  TokenExpirationDate: z.number(),
  UpdateKeyPair: z.boolean(),
});
export type Token = z.infer<typeof token>;

export interface ActivationPair {
  readonly activationId: string;
  readonly activationCode: string;
}

const fingerprint = 'fingerprint';

/** Resolves to the `mi-` id. */
export async function register(
  endpoint: string,
  { activationId, activationCode }: ActivationPair,
  overrides: object = {},
): Promise<string> {
  const input = {
    ActivationId: activationId,
    ActivationCode: activationCode,
    Fingerprint: fingerprint,
    PublicKey: spki(keyPair.publicKey),
    PublicKeyType: 'Rsa',
    ...overrides,
  };
  const answer = await callService({ endpoint, operation: 'RegisterManagedInstance', input });
  return z.object({ InstanceId: z.string() }).parse(answer).InstanceId;
}

export interface KeySignedCall {
  readonly instanceId: string;
  readonly operation: string;
  readonly input: object;
  readonly time: Date;
  readonly key?: KeyObject;
  readonly saltLength?: number;
}

export function callSignedByKey(endpoint: string, call: KeySignedCall): Promise<unknown> {
  const { instanceId, operation, input, time, key = keyPair.privateKey, saltLength = 32 } = call;
  const padding = { padding: constants.RSA_PKCS1_PSS_PADDING, saltLength };
  return callService(
    { endpoint, operation, input, chunked: true },
    {
      region,
      time,
      accessKeyId: instanceId,
      sign: (text) => sign('sha256', Buffer.from(text), { key, ...padding }).toString('base64'),
    },
  );
}

export async function requestToken(endpoint: string, instanceId: string, time: Date): Promise<Token> {
  const operation = 'RequestManagedInstanceRoleToken';
  const input = { Fingerprint: fingerprint };
  return token.parse(await callSignedByKey(endpoint, { instanceId, operation, input, time }));
}

export async function registerRaw(endpoint: string, activation: ActivationPair, time: Date) {
  const instanceId = await register(endpoint, activation);
  return { instanceId, credentials: await requestToken(endpoint, instanceId, time) };
}
