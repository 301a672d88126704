/**
 * Stands in for amazon-ssm-agent: `-register` and the daemon, in the agent's true protocol and with its habits. It
 * blanks its keys before it calls AWS, tries again on a lost connection only, and says nothing when it goes.
 */
import { constants, createPrivateKey, generateKeyPairSync, randomUUID, sign } from 'node:crypto';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import * as z from 'zod';
import { signWithSecret } from '../../../src/local/aws/signature.ts';
import { callService, MachineCallError } from '../../../src/local/machine/agent-call.ts';

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
  const input = {
    ActivationId: activation.id,
    ActivationCode: activation.code,
    Fingerprint: fingerprint,
    PublicKey: publicKey.export({ format: 'der', type: 'spki' }).toString('base64'),
    PublicKeyType: 'Rsa',
  };
  const answer = await persistently(() =>
    callService({ endpoint, operation: 'RegisterManagedInstance', input }),
  );
  const { InstanceId } = z.object({ InstanceId: z.string() }).parse(answer);
  const registration: Registration = {
    ManagedInstanceID: InstanceId,
    Region: activation.region,
    Fingerprint: fingerprint,
    PrivateKey: privateKey.export({ format: 'pem', type: 'pkcs8' }).toString(),
  };
  writeFileSync(VAULT, JSON.stringify(registration), { mode: 0o600 });
  return InstanceId;
};

const RoleToken = z.object({
  AccessKeyId: z.string(),
  SecretAccessKey: z.string(),
  SessionToken: z.string(),
});

const ping = async ({ ManagedInstanceID, Region, Fingerprint, PrivateKey }: Registration): Promise<void> => {
  const time = new Date();
  const key = createPrivateKey(PrivateKey);
  const pss = { key, padding: constants.RSA_PKCS1_PSS_PADDING, saltLength: 32 };
  const token = RoleToken.parse(
    await callService(
      { endpoint, operation: 'RequestManagedInstanceRoleToken', input: { Fingerprint }, chunked: true },
      {
        region: Region,
        time,
        accessKeyId: ManagedInstanceID,
        sign: (text) => sign('sha256', Buffer.from(text), pss).toString('base64'),
      },
    ),
  );
  const input = {
    InstanceId: ManagedInstanceID,
    AgentName: 'amazon-ssm-agent',
    AgentStatus: 'Active',
    AgentVersion: '3.3.0.0',
    ComputerName: 'stand-in',
    IPAddress: '127.0.0.1',
    PlatformName: 'Stand-in',
    PlatformType: 'Linux',
    PlatformVersion: '1',
  };
  await callService(
    { endpoint, operation: 'UpdateInstanceInformation', input },
    {
      region: Region,
      time,
      accessKeyId: token.AccessKeyId,
      sessionToken: token.SessionToken,
      sign: (text, scope) => signWithSecret(token.SecretAccessKey, scope, text),
    },
  );
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
