/**
 * A machine that registers and stays online as amazon-ssm-agent does: its own RSA key, RSA-signed requests for
 * credentials, SigV4-signed pings. Unlike the agent it does not retry: every refusal is its caller's to see.
 */
import { generateKeyPair, type KeyObject, randomUUID } from 'node:crypto';
import { promisify } from 'node:util';
import {
  registerManagedInstance,
  requestRoleToken,
  updateInstanceInformation,
} from './machine/agent-protocol.ts';

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

const newKeyPair = (): Promise<MachineKeyPair> => promisify(generateKeyPair)('rsa', { modulusLength: 2048 });

export function createSimulatedMachine(options: SimulatedMachineOptions): SimulatedMachine {
  const { endpoint, region, computerName, clock = () => new Date(), onHeartbeatFailure = () => {} } = options;
  const service = { endpoint, region };
  const fingerprint = randomUUID();
  let registration: Registration | undefined;
  let heartbeat: NodeJS.Timeout | undefined;

  async function requestCredentials({ instanceId, privateKey }: Registration): Promise<Credentials> {
    const time = clock();
    const machine = { instanceId, fingerprint, privateKey };
    const { TokenExpirationDate, ...keys } = await requestRoleToken(service, machine, time);
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
    const report = { instanceId: known.instanceId, computerName, platformName: 'Simulated' };
    await updateInstanceInformation(service, report, credentials, time);
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
      const enrolment = { activationId, activationCode, fingerprint, publicKey };
      const instanceId = await registerManagedInstance(service, enrolment);
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
