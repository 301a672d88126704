import { generateKeyPairSync } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { onTestFinished } from 'vitest';
import { buildFunctions } from '../../build.ts';
import type { SsmEvent } from '../../src/local/aws/events.ts';
import type { Faults } from '../../src/local/aws/faults.ts';
import { startEmbeddedAws } from '../../src/local/aws/server.ts';
import { createSimulatedMachine } from '../../src/local/simulated-machine.ts';
import { startListeningDynamoDb } from '../ledger/listening-dynamodb.ts';
import { runFunction } from './lambda-runtime.ts';
import { functionAssets, PUBLIC, REGION, temporaryDirectory } from './synthesis.ts';

const TABLE = 'ssm-activation-deployed';
const POLICY = {
  network: [{ cidrs: ['10.0.0.0/8'], names: ['web-*'], tags: { allowed: { Environment: ['Dev', 'Prod'] } } }],
};
/** Making one takes long. */
const keyPair = generateKeyPairSync('rsa', { modulusLength: 2048 });

/**
 * The functions' folders exactly as the CDK uploads them, each in a process of Lambda's own runtime, on the embedded
 * AWS in place of AWS.
 */
export const startDeployment = async () => {
  const directory = temporaryDirectory();
  const policyFile = join(directory, 'policy.json');
  writeFileSync(policyFile, JSON.stringify(POLICY));
  const bundles = await buildFunctions(directory);
  const assets = functionAssets({ ...PUBLIC, policyFile }, bundles);

  const events: SsmEvent[] = [];
  const faults: Faults = {};
  const aws = await startEmbeddedAws({
    host: '127.0.0.1',
    port: 0,
    region: REGION,
    clock: () => new Date(),
    onEvent: (event) => events.push(event),
    faults,
  });
  const dynamoDb = await startListeningDynamoDb(TABLE);
  onTestFinished(() => aws.close());
  const run = (name: 'api' | 'worker') => {
    const folder = assets[name];
    return runFunction(folder, {
      POLICY_FILE: join(folder, 'policy.json'),
      TABLE_NAME: TABLE,
      NODE_ROLE: 'ssm-node',
      AWS_ENDPOINT_URL_SSM: aws.url,
      AWS_ENDPOINT_URL_DYNAMODB: dynamoDb.url,
    });
  };
  return {
    api: await run('api'),
    worker: await run('worker'),
    /** What SSM told EventBridge. */
    events,
    /** What is wrong with SSM. */
    faults,
    machine: () =>
      createSimulatedMachine({
        endpoint: aws.url,
        region: REGION,
        computerName: basename(directory),
        keyPair,
      }),
  };
};
