/**
 * Stands in for amazon-ssm-agent: `-register` and the daemon, in the agent's true protocol and with its habits. It
 * blanks its keys before it calls AWS, tries again on a lost connection only, and says nothing when it goes.
 */
import { createPrivateKey, generateKeyPairSync, randomUUID } from 'node:crypto';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import * as z from 'zod';
import { MachineCallError } from '../../../src/local/machine/agent-call.ts';
import {
  registerManagedInstance,
  requestRoleToken,
  updateInstanceInformation,
} from '../../../src/local/machine/agent-protocol.ts';

const CONFIGURATION = '/etc/amazon/ssm/amazon-ssm-agent.json';
const DIRECTORY = '/var/lib/amazon/ssm';
const VAULT = `${DIRECTORY}/vault`;
const TRIES = 4;

const Configuration = z.object({ Ssm: z.object({ Endpoint: z.url() }) });
const Registration = z.object({
  ManagedInstanceID: z.string(),
  Region: z.string(),
  Fingerprint: z.string(),
  PrivateKey: z.string(),
});
type Registration = z.infer<typeof Registration>;

const endpoint = Configuration.parse(JSON.parse(readFileSync(CONFIGURATION, 'utf8'))).Ssm.Endpoint;

const persistently = async <Answer>(work: () => Promise<Answer>, tries = TRIES): Promise<Answer> => {
  try {
    return await work();
  } catch (error) {
    if (error instanceof MachineCallError || tries === 1) throw error;
    await sleep(100);
    return persistently(work, tries - 1);
  }
};

const register = async (activation: { id: string; code: string; region: string }): Promise<string> => {
  mkdirSync(DIRECTORY, { recursive: true });
  writeFileSync(VAULT, '', { mode: 0o600 });
  const { publicKey, privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
  const fingerprint = randomUUID();
  const { id, code } = activation;
  const enrolment = { activationId: id, activationCode: code, fingerprint, publicKey };
  const instanceId = await persistently(() => registerManagedInstance({ endpoint }, enrolment));
  const registration: Registration = {
    ManagedInstanceID: instanceId,
    Region: activation.region,
    Fingerprint: fingerprint,
    PrivateKey: privateKey.export({ format: 'pem', type: 'pkcs8' }).toString(),
  };
  writeFileSync(VAULT, JSON.stringify(registration), { mode: 0o600 });
  return instanceId;
};

const ping = async ({ ManagedInstanceID, Region, Fingerprint, PrivateKey }: Registration): Promise<void> => {
  const time = new Date();
  const service = { endpoint, region: Region };
  const privateKey = createPrivateKey(PrivateKey);
  const machine = { instanceId: ManagedInstanceID, fingerprint: Fingerprint, privateKey };
  const token = await requestRoleToken(service, machine, time);
  const report = { instanceId: ManagedInstanceID, computerName: 'stand-in', platformName: 'Stand-in' };
  await updateInstanceInformation(service, report, token, time);
};

const { values } = parseArgs({
  // The agent's flags have one dash.
  args: process.argv.slice(2).map((word) => word.replace(/^-(?=[a-z]{2,}$)/, '--')),
  options: {
    register: { type: 'boolean' },
    clear: { type: 'boolean' },
    y: { type: 'boolean', short: 'y' },
    code: { type: 'string' },
    id: { type: 'string' },
    region: { type: 'string' },
  },
});

if (values.clear) {
  writeFileSync(VAULT, '');
} else if (values.register) {
  const { id = '', code = '', region = '' } = values;
  try {
    const node = await register({ id, code, region });
    console.log(`Successfully registered the instance with AWS SSM using Managed instance-id: ${node}`);
  } catch (error) {
    console.error(`ERROR Registration failed due to error registering the instance with AWS SSM. ${error}`);
    process.exit(1);
  }
} else {
  const registration = Registration.parse(JSON.parse(readFileSync(VAULT, 'utf8')));
  for (;;) {
    await ping(registration).catch((error: unknown) => console.error(String(error)));
    await sleep(5_000);
  }
}
