/** What amazon-ssm-agent says to the service from its registration to its pings, each step one call. */
import { constants, type KeyObject, sign } from 'node:crypto';
import * as z from 'zod';
import { signWithSecret } from '../aws/signature.ts';
import { callService } from './agent-call.ts';

/** Where a machine's calls go: `http://host:port`, and the region they are signed for. */
export interface Service {
  readonly endpoint: string;
  readonly region: string;
}

const Registered = z.object({ InstanceId: z.string() });
const RoleToken = z.object({
  AccessKeyId: z.string(),
  SecretAccessKey: z.string(),
  SessionToken: z.string(),
  /** Epoch seconds. */
  TokenExpirationDate: z.number(),
});
type RoleToken = z.infer<typeof RoleToken>;

export interface Enrolment {
  readonly activationId: string;
  readonly activationCode: string;
  readonly fingerprint: string;
  /** RSA, 2048 bits. */
  readonly publicKey: KeyObject;
}

/** Resolves to the `mi-` id. */
export const registerManagedInstance = async (
  { endpoint }: Pick<Service, 'endpoint'>,
  { activationId, activationCode, fingerprint, publicKey }: Enrolment,
): Promise<string> => {
  const input = {
    ActivationId: activationId,
    ActivationCode: activationCode,
    Fingerprint: fingerprint,
    PublicKey: publicKey.export({ format: 'der', type: 'spki' }).toString('base64'),
    PublicKeyType: 'Rsa',
  };
  return Registered.parse(await callService({ endpoint, operation: 'RegisterManagedInstance', input }))
    .InstanceId;
};

export interface RegisteredMachine {
  readonly instanceId: string;
  readonly fingerprint: string;
  readonly privateKey: KeyObject;
}

const PSS = { padding: constants.RSA_PKCS1_PSS_PADDING, saltLength: 32 };

/** The credentials of the node's role, for a request that is signed with the machine's own key. */
export const requestRoleToken = async (
  { endpoint, region }: Service,
  { instanceId, fingerprint, privateKey }: RegisteredMachine,
  time: Date,
): Promise<RoleToken> =>
  RoleToken.parse(
    await callService(
      {
        endpoint,
        operation: 'RequestManagedInstanceRoleToken',
        input: { Fingerprint: fingerprint },
        chunked: true,
      },
      {
        region,
        time,
        accessKeyId: instanceId,
        sign: (text) => sign('sha256', Buffer.from(text), { key: privateKey, ...PSS }).toString('base64'),
      },
    ),
  );

export interface Report {
  readonly instanceId: string;
  readonly computerName: string;
  readonly platformName: string;
}

/** One full ping. */
export const updateInstanceInformation = async (
  { endpoint, region }: Service,
  { instanceId, computerName, platformName }: Report,
  token: Pick<RoleToken, 'AccessKeyId' | 'SecretAccessKey' | 'SessionToken'>,
  time: Date,
): Promise<void> => {
  const input = {
    InstanceId: instanceId,
    AgentName: 'amazon-ssm-agent',
    AgentStatus: 'Active',
    AgentVersion: '3.3.0.0',
    ComputerName: computerName,
    IPAddress: '127.0.0.1',
    PlatformName: platformName,
    PlatformType: 'Linux',
    PlatformVersion: '1',
  };
  await callService(
    { endpoint, operation: 'UpdateInstanceInformation', input },
    {
      region,
      time,
      accessKeyId: token.AccessKeyId,
      sessionToken: token.SessionToken,
      sign: (text, scope) => signWithSecret(token.SecretAccessKey, scope, text),
    },
  );
};
