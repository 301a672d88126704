import { resolve } from 'node:path';
import { type Acknowledgment, type App, Stack, type StackProps, Validations } from 'aws-cdk-lib';
import { BUNDLING_STACKS } from 'aws-cdk-lib/cx-api';
import { buildFunctions } from '../build.ts';
import { type Context, readStackName } from './configuration.ts';
import { readDeployment } from './deployment.ts';
import { MemberAccountStack } from './member-account-stack.ts';
import { ServiceStack } from './service-stack.ts';

/** Where the functions are built: beside the template, in the checkout that the CDK's command line works on. */
const BUILT = 'dist';

const NOTHING_IN_IT: Acknowledgment = {
  id: 'CloudFormation-Validate::F0001',
  reason: 'The stack is a name alone. CloudFormation refuses such a template, should somebody deploy it.',
};

/**
 * The stack that the command at hand is about. The context of a deployment is judged by the commands that make or
 * compare a template. To the others (bootstrap, ls, destroy) a stack is a name in a place, so that none of them fails
 * for a context that is not there, or no longer right.
 */
export const compose = async (app: App, environment: Pick<StackProps, 'env'>): Promise<void> => {
  const context: Context = app.node.getAllContext();
  if (isAboutNameAlone(context)) {
    Validations.of(new Stack(app, readStackName(context), environment)).acknowledge(NOTHING_IN_IT);
    return;
  }
  const deployment = readDeployment(context);
  if ('member' in deployment) {
    const { stackName, eventBusArn } = deployment.member;
    new MemberAccountStack(app, stackName, { eventBusArn, ...environment });
    return;
  }
  const { service: configuration, policy } = deployment;
  const bundles = await buildFunctions(resolve(BUILT));
  new ServiceStack(app, configuration.stackName, { configuration, bundles, policy, ...environment });
};

/** The CDK's command line asks for the code of no stack when its command does nothing with the template. */
const isAboutNameAlone = ({ [BUNDLING_STACKS]: bundled }: Context): boolean =>
  Array.isArray(bundled) && bundled.length === 0;
