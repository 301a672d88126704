import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { restEvent } from '../test/http/api-gateway-events.ts';
import { testAuthority } from '../test/identity/instance-identity/authority.ts';
import { documentFields } from '../test/identity/instance-identity/documents.ts';
import { signDocument } from '../test/identity/instance-identity/sign.ts';

const REGION = 'us-west-2';
const ACCOUNT = '123456789012';
const authority = testAuthority();

/** An EC2 instance asks for its activation, with a document that the policy's own certificate signed. */
export const activateEvent = (instanceId = 'i-0abcdef0123456789') => {
  const document = documentFields({
    accountId: ACCOUNT,
    instanceId,
    region: REGION,
    pendingTime: new Date().toISOString(),
  });
  return restEvent({
    method: 'GET',
    path: '/activate',
    query: { tags: ['Environment=Dev,Role=web'] },
    headers: {
      'X-Instance-Identity': signDocument(document, authority.privateKey).replaceAll('\n', ''),
    },
    sourceIp: '10.0.1.2',
  });
};

/** The API function's environment, as the stack sets it, with a stub for AWS. */
export const functionEnvironment = async (directory: string, awsUrl: string): Promise<NodeJS.ProcessEnv> => {
  const policyFile = join(directory, 'policy.json');
  const policy = {
    instanceIdentity: {
      accounts: [ACCOUNT],
      regions: [REGION],
      maxAgeMinutes: 1440,
      certificates: { [REGION]: pem(authority.certificate) },
      tags: { allowed: { Environment: ['*'], Role: ['*'] } },
    },
  };
  await writeFile(policyFile, JSON.stringify(policy));
  return {
    PATH: process.env['PATH'],
    AWS_REGION: REGION,
    AWS_ACCESS_KEY_ID: 'local',
    AWS_SECRET_ACCESS_KEY: 'local',
    AWS_SESSION_TOKEN: 'local',
    AWS_ENDPOINT_URL_SSM: awsUrl,
    AWS_ENDPOINT_URL_DYNAMODB: awsUrl,
    POLICY_FILE: policyFile,
    TABLE_NAME: 'ssm-activation',
    NODE_ROLE: 'ssm-activation-node',
    SSM_MAX_TPS: '1000000',
  };
};

const pem = (base64: string): string =>
  `-----BEGIN CERTIFICATE-----\n${base64.replace(/.{64}/g, '$&\n')}\n-----END CERTIFICATE-----\n`;
