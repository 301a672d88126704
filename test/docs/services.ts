/** The service of a page, in a process of its own: with an embedded AWS in it, or apart from it as on AWS. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { onTestFinished } from 'vitest';
import { listen } from '../bootstrap/listener.ts';
import { startListeningDynamoDb } from '../ledger/listening-dynamodb.ts';
import { region, startTestAws } from '../local/embedded-aws.ts';
import { startServer } from '../process/server-process.ts';
import { environmentOf, makeHome, type Place } from './place.ts';

const SERVER = fileURLToPath(new URL('../../src/server.ts', import.meta.url));
const OPERATOR_KEY = 'operator-key-of-the-documentation';
const TABLE = 'ssm-activation';

const startLedger = async () => (await startListeningDynamoDb(TABLE)).url;

/** Any operation of AWS's services that speak JSON: it is done, and there is nothing to say about it. */
const startOtherAws = async (): Promise<string> => {
  const other = await listen(createServer((_request, response) => response.end('{}')));
  onTestFinished(() => other.close());
  return other.url;
};

/** As `npm start`: with the policy of local servers, or one of its own. */
export const startLocally = async (policy?: object, metadataUrl = ''): Promise<Place> => {
  const home = await makeHome();
  const policyFile = join(home, 'policy-of-the-server.json');
  if (policy) await writeFile(policyFile, JSON.stringify(policy));
  const { url, awsUrl, operatorKey } = await startServer(
    join(home, '.data'),
    policy ? { POLICY_FILE: policyFile } : {},
  );
  const env = {
    ...environmentOf(home),
    SSM_ACTIVATION_API: url,
    AWS_SECRET_ACCESS_KEY: operatorKey,
    AWS_ENDPOINT_URL_SSM: awsUrl,
    AWS_ENDPOINT_URL_DYNAMODB: await startLedger(),
  };
  return { home, url, awsUrl, otherAwsUrl: await startOtherAws(), deployingUrl: '', metadataUrl, env };
};

/** As a plain server on AWS: the ledger and Systems Manager are there for others too, `reconcile` among them. */
export const startOnAws = async (policy: object) => {
  const aws = await startTestAws({ clock: () => new Date() });
  const home = await makeHome();
  await mkdir(join(home, '.data'));
  await writeFile(join(home, '.data', 'operator-key'), OPERATOR_KEY);
  await writeFile(join(home, 'policy.json'), JSON.stringify(policy));
  const env = {
    ...environmentOf(home),
    BACKEND: 'aws',
    AWS_REGION: region,
    AWS_ENDPOINT_URL_SSM: aws.aws.url,
    AWS_ENDPOINT_URL_DYNAMODB: await startLedger(),
    SSM_MAX_TPS: '1000',
  };
  const server = spawn(process.execPath, [SERVER], {
    env: { ...env, PORT: '0', OPERATOR_KEY, POLICY_FILE: join(home, 'policy.json') },
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  onTestFinished(() => void server.kill('SIGKILL'));
  let banner = '';
  while (!/API +http.*\n/.test(banner)) banner += String((await once(server.stdout, 'data'))[0]);
  const [, url = ''] = /API +(http\S+)/.exec(banner) ?? [];
  const place: Place = {
    home,
    url,
    awsUrl: aws.aws.url,
    otherAwsUrl: await startOtherAws(),
    deployingUrl: '',
    metadataUrl: '',
    env: { ...env, SSM_ACTIVATION_API: url },
  };
  return { aws, place };
};
