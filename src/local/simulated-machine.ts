/**
 * A machine that registers and stays online as amazon-ssm-agent does: its own RSA key, RSA-signed requests for
 * credentials, SigV4-signed pings. Unlike the agent it does not retry: every refusal is its caller's to see.
 */
import { constants, generateKeyPair, type KeyObject, randomUUID, sign } from 'node:crypto';
import { promisify } from 'node:util';
import * as z from 'zod';
import { signWithSecret } from './aws/signature.ts';
import { callService } from './machine/agent-call.ts';

export { MachineCallError } from './machine/agent-call.ts';

interface MachineKeyPair {
  readonly publicKey: KeyObject;
  readonly privateKey: KeyObject;
}

export interface SimulatedMachineOptions {
  /** `http://host:port` */
  readonly endpoint: string;
  readonly region: string;
  readonly computerName: string;
  readonly clock?: () => Date;
  /** RSA, 2048 bits. Absent, each registration makes its own, which is slow; many machines may share one. */
  readonly keyPair?: MachineKeyPair;
  /** The machine goes on to its next heartbeat all the same. */
  readonly onHeartbeatFailure?: (error: unknown) => void;
}

export interface SimulatedMachine {
  /** Undefined until registered. */
  readonly instanceId: string | undefined;
  /** Resolves to the `mi-` id. Rejects with a MachineCallError. A machine may register again. */
  register(activation: { readonly activationId: string; readonly activationCode: string }): Promise<string>;
  /** One full report; gets new credentials when the old ones have lived half their life. */
  ping(): Promise<void>;
  /** Pings now and then every `intervalMs`. */
  startHeartbeat(intervalMs: number): void;
  stop(): void;
}

interface Credentials {
  readonly AccessKeyId: string;
  readonly SecretAccessKey: string;
  readonly SessionToken: string;
  /** Epoch milliseconds. */
  readonly refreshAt: number;
}

interface Registration {
  readonly instanceId: string;
  readonly privateKey: KeyObject;
  readonly credentials?: Credentials;
}

const registrationAnswer = z.object({ InstanceId: z.string() });
const tokenAnswer = z.object({
  AccessKeyId: z.string(),
  SecretAccessKey: z.string(),
  SessionToken: z.string(),
  TokenExpirationDate: z.number(),
});
const pss = { padding: constants.RSA_PKCS1_PSS_PADDING, saltLength: 32 };

const newKeyPair = (): Promise<MachineKeyPair> => promisify(generateKeyPair)('rsa', { modulusLength: 2048 });

export function createSimulatedMachine(options: SimulatedMachineOptions): SimulatedMachine {
  const { endpoint, region, computerName, clock = () => new Date(), onHeartbeatFailure = () => {} } = options;
  const fingerprint = randomUUID();
  let registration: Registration | undefined;
  let heartbeat: NodeJS.Timeout | undefined;

  async function requestCredentials({ instanceId, privateKey }: Registration): Promise<Credentials> {
    const time = clock();
    const answer = await callService(
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
        sign: (text) => sign('sha256', Buffer.from(text), { key: privateKey, ...pss }).toString('base64'),
      },
    );
    const { TokenExpirationDate, ...keys } = tokenAnswer.parse(answer);
    return { ...keys, refreshAt: (time.getTime() + TokenExpirationDate * 1000) / 2 };
  }

  async function ping(): Promise<void> {
    if (!registration) throw new Error(`${computerName} is not registered`);
    const known = registration;
    const time = clock();
    const current = known.credentials;
    const credentials =
      current && time.getTime() < current.refreshAt ? current : await requestCredentials(known);
    // It may have registered anew in the meantime: these credentials are then the old node's.
    if (registration === known) registration = { ...known, credentials };
    const input = {
      InstanceId: known.instanceId,
      AgentName: 'amazon-ssm-agent',
      AgentStatus: 'Active',
      AgentVersion: '3.3.0.0',
      ComputerName: computerName,
      IPAddress: '127.0.0.1',
      PlatformName: 'Simulated',
      PlatformType: 'Linux',
      PlatformVersion: '1',
    };
    await callService(
      { endpoint, operation: 'UpdateInstanceInformation', input },
      {
        region,
        time,
        accessKeyId: credentials.AccessKeyId,
        sessionToken: credentials.SessionToken,
        sign: (text, scope) => signWithSecret(credentials.SecretAccessKey, scope, text),
      },
    );
  }

  function stop(): void {
    clearInterval(heartbeat);
    heartbeat = undefined;
  }

  return {
    get instanceId() {
      return registration?.instanceId;
    },
    async register({ activationId, activationCode }) {
      const { publicKey, privateKey } = options.keyPair ?? (await newKeyPair());
      const input = {
        ActivationId: activationId,
        ActivationCode: activationCode,
        Fingerprint: fingerprint,
        PublicKey: publicKey.export({ format: 'der', type: 'spki' }).toString('base64'),
        PublicKeyType: 'Rsa',
      };
      const answer = await callService({ endpoint, operation: 'RegisterManagedInstance', input });
      const { InstanceId: instanceId } = registrationAnswer.parse(answer);
      registration = { instanceId, privateKey };
      return instanceId;
    },
    ping,
    startHeartbeat(intervalMs) {
      stop();
      const beat = () => void ping().catch(onHeartbeatFailure);
      beat();
      heartbeat = setInterval(beat, intervalMs);
    },
    stop,
  };
}
