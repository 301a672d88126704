import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { paginateDescribeInstanceInformation, SSMClient } from '@aws-sdk/client-ssm';
import * as z from 'zod';
import { localCredentials } from '../../src/local/credentials.ts';
import type { Authority } from '../identity/instance-identity/authority.ts';

const SERVER = fileURLToPath(new URL('../../src/server.ts', import.meta.url));
const REGION = 'us-west-2';
const OPERATOR_KEY = 'operator-key-of-the-bootstrap-tests';

const Node = z.looseObject({
  Name: z.string(),
  InstanceId: z.string().optional(),
  PingStatus: z.string().optional(),
  Tags: z.record(z.string(), z.string()),
});
type Node = z.infer<typeof Node>;

/** The real server, in a process of its own: what `npm start` runs. */
export interface ServiceProcess {
  readonly url: string;
  readonly awsUrl: string;
  readonly operatorKey: string;
  /** Asks as the operator. */
  operator(method: string, path: string, body?: object): Promise<unknown>;
  /** The node of a name; what there is of it once it is Online, or at the end of ten seconds. */
  node(name: string): Promise<Node | undefined>;
  /** A join token for names of a pattern, and its id. */
  token(namePattern: string): Promise<{ readonly TokenId: string; readonly Token: string }>;
  /** Every registration that Systems Manager knows, whatever the service makes of it. */
  registrationsOf(name: string): Promise<readonly string[]>;
  stop(): Promise<void>;
}

const policyThatTrusts = (authority: Authority) => {
  const anyTags = { allowed: { '*': ['*'] } };
  return {
    instanceIdentity: {
      accounts: ['123456789012'],
      regions: [REGION],
      certificates: { [REGION]: authority.certificate },
      tags: anyTags,
    },
    joinTokens: { tags: anyTags },
  };
};

export const startServiceProcess = async (authority: Authority): Promise<ServiceProcess> => {
  const directory = await mkdtemp(join(tmpdir(), 'service-'));
  const policyFile = join(directory, 'policy.json');
  await writeFile(policyFile, JSON.stringify(policyThatTrusts(authority)));
  const server = spawn(process.execPath, [SERVER], {
    env: {
      PORT: '0',
      LOCAL_AWS_PORT: '0',
      DATA_DIR: join(directory, 'data'),
      POLICY_FILE: policyFile,
      // What machines call the API by that reach it through a proxy.
      ALLOWED_HOSTS: 'api.example.internal',
      OPERATOR_KEY,
      AWS_REGION: REGION,
    },
    stdio: ['ignore', 'pipe', process.env['BOOTSTRAP_TEST_VERBOSE'] ? 'inherit' : 'ignore'],
  });
  let banner = '';
  for await (const chunk of server.stdout) {
    banner += String(chunk);
    if (banner.includes('Operator key')) break;
  }
  const [url, awsUrl] = ['API', 'Embedded AWS'].map(
    (label) => new RegExp(`${label} +(http\\S+)`).exec(banner)?.[1],
  );
  if (!url || !awsUrl) throw new Error(`the server did not say where it listens: ${banner}`);

  const ssm = new SSMClient({
    endpoint: awsUrl,
    region: REGION,
    credentials: localCredentials(OPERATOR_KEY),
  });
  const operator = async (method: string, path: string, body?: object): Promise<unknown> => {
    const response = await fetch(`${url}${path}`, {
      method,
      headers: {
        authorization: `Bearer ${OPERATOR_KEY}`,
        ...(body && { 'content-type': 'application/json' }),
      },
      ...(body && { body: JSON.stringify(body) }),
    });
    return response.json();
  };
  const lookUp = async (name: string) => {
    const answer = await operator('GET', `/nodes?name=${encodeURIComponent(name)}`);
    return z.object({ Nodes: z.array(Node) }).parse(answer).Nodes[0];
  };
  return {
    url,
    awsUrl,
    operatorKey: OPERATOR_KEY,
    operator,
    node: async (name) => {
      for (let look = 0; look < 50; look += 1) {
        const node = await lookUp(name);
        if (node?.PingStatus === 'Online') return node;
        await new Promise((resolve) => setTimeout(resolve, 200));
      }
      return lookUp(name);
    },
    token: async (namePattern) => {
      const expiresAt = new Date(Date.now() + 60 * 60_000).toISOString();
      const made = await operator('POST', '/tokens', { namePattern, maxNames: 5, expiresAt });
      return z.object({ TokenId: z.string(), Token: z.string() }).parse(made);
    },
    registrationsOf: async (name) => {
      const found: string[] = [];
      for await (const page of paginateDescribeInstanceInformation({ client: ssm }, {})) {
        for (const node of page.InstanceInformationList ?? []) {
          if (node.Name === name && node.InstanceId) found.push(node.InstanceId);
        }
      }
      return found;
    },
    stop: async () => {
      ssm.destroy();
      server.kill();
      await once(server, 'exit');
      await rm(directory, { recursive: true });
    },
  };
};
