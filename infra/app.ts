import { fileURLToPath } from 'node:url';
import { App, type StackProps } from 'aws-cdk-lib';
import { buildFunctions } from '../build.ts';
import { readConfiguration } from './configuration.ts';
import { MemberAccountStack } from './member-account-stack.ts';
import { ServiceStack } from './service-stack.ts';
import { shippedPolicy } from './shipped-policy.ts';

/** The account and region that the CDK's command line works on, when it knows them. */
const environment = (): Pick<StackProps, 'env'> => {
  const { CDK_DEFAULT_ACCOUNT: account, CDK_DEFAULT_REGION: region } = process.env;
  return { env: { ...(account && { account }), ...(region && { region }) } };
};

const deploy = async (): Promise<void> => {
  const app = new App();
  const configuration = readConfiguration(app.node.getAllContext());
  if ('member' in configuration) {
    const { eventBusArn } = configuration.member;
    new MemberAccountStack(app, 'SsmActivationMember', { eventBusArn, ...environment() });
    return;
  }
  const { service } = configuration;
  const policy = shippedPolicy(service);
  const bundles = await buildFunctions(fileURLToPath(new URL('../dist', import.meta.url)));
  new ServiceStack(app, 'SsmActivation', { configuration: service, bundles, policy, ...environment() });
};

try {
  await deploy();
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.message : error}\n`);
  process.exit(1);
}
