import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { CfnGuardValidator } from '@cdklabs/cdk-validator-cfnguard';
import { App, Validations } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import { AwsSolutionsChecks } from 'cdk-nag';
import { onTestFinished, vi } from 'vitest';
import * as z from 'zod';
import type { FunctionBundles } from '../../build.ts';
import { readConfiguration } from '../../infra/configuration.ts';
import { MemberAccountStack } from '../../infra/member-account-stack.ts';
import { ServiceStack } from '../../infra/service-stack.ts';
import { shippedPolicy } from '../../infra/shipped-policy.ts';

export const ACCOUNT = '111122223333';
export const REGION = 'eu-west-1';
/** As the command line synthesises when it knows no account. */
export const UNKNOWN_REGION = '';
const POLICY_FILE = 'infra/policy.example.json';

export const PUBLIC = { exposure: 'public', allowedCidrs: '203.0.113.0/24' };
export const PRIVATE = { exposure: 'private', vpcEndpointIds: 'vpce-0123456789abcdef0' };
export const PRIVATE_WITH_NEW_ENDPOINT = {
  exposure: 'private',
  vpcId: 'vpc-0123456789abcdef0',
  subnetIds: 'subnet-0123456789abcdef0,subnet-0123456789abcdef1',
  allowedCidrs: '10.0.0.0/8,fd00::/8',
};
export const PUBLIC_WITH_EVERYTHING = {
  ...PUBLIC,
  wafRequestsPerFiveMinutes: '1000',
  domainName: 'activation.example.com',
  certificateArn: `arn:aws:acm:${REGION}:${ACCOUNT}:certificate/0`,
  hostedZoneId: 'Z0123456789',
  hostedZoneName: 'example.com',
  customerManagedKey: 'true',
  cloudWatchAgent: 'true',
  memberAccounts: '222233334444,333344445555',
};
export const VARIANTS = { PUBLIC, PRIVATE, PRIVATE_WITH_NEW_ENDPOINT, PUBLIC_WITH_EVERYTHING };

const { context: FLAGS } = z
  .object({ context: z.record(z.string(), z.unknown()) })
  .parse(JSON.parse(readFileSync('cdk.json', 'utf8')));

/** A directory that goes with the test. */
export const temporaryDirectory = (): string => {
  const directory = mkdtempSync(join(tmpdir(), 'infra-'));
  onTestFinished(() => rmSync(directory, { recursive: true, force: true }));
  return directory;
};

/** In place of the bundles, where it does not matter what the functions do. */
const emptyBundles = (directory: string): FunctionBundles => {
  const bundle = (name: string) => {
    mkdirSync(join(directory, name), { recursive: true });
    writeFileSync(join(directory, name, 'index.mjs'), '');
    return join(directory, name);
  };
  return { api: bundle('api'), worker: bundle('worker') };
};

type Context = Readonly<Record<string, unknown>>;

const serviceApp = (context: Context, region: string, given?: FunctionBundles) => {
  const directory = temporaryDirectory();
  const bundles = given ?? emptyBundles(directory);
  const app = new App({
    context: { ...FLAGS, policyFile: POLICY_FILE, ...context },
    outdir: join(directory, 'cdk.out'),
  });
  const configuration = readConfiguration(app.node.getAllContext());
  if (!('service' in configuration)) throw new Error('this is the context of a member account');
  const { service } = configuration;
  const stack = new ServiceStack(app, service.stackName, {
    configuration: service,
    bundles,
    policy: shippedPolicy(service),
    ...(region && { env: { account: ACCOUNT, region } }),
  });
  return { app, stack, directory: join(directory, 'cdk.out') };
};

/** The service's template. CloudFormation's own checks take longer than all else: `findingsIn` has them. */
export const serviceTemplate = (context: Context, region = REGION): Template => {
  vi.stubEnv('CDK_VALIDATION', 'false');
  return Template.fromStack(serviceApp(context, region).stack);
};

export const memberTemplate = (eventBusArn: string): Template =>
  Template.fromStack(
    new MemberAccountStack(new App({ context: FLAGS }), 'SsmActivationMember', { eventBusArn }),
  );

const Functions = z.record(
  z.string(),
  z.object({ Properties: z.object({ Code: z.object({ S3Key: z.string() }) }) }),
);

/** The folders that the CDK would upload as the functions' code. */
export const functionAssets = (context: Context, bundles: FunctionBundles): FunctionBundles => {
  const { stack, directory } = serviceApp(context, REGION, bundles);
  const functions = Functions.parse(Template.fromStack(stack).findResources('AWS::Lambda::Function'));
  const folderOf = (id: string): string => {
    const [, found] = Object.entries(functions).find(([logicalId]) => logicalId.startsWith(id)) ?? [];
    if (!found) throw new Error(`there is no function ${id}`);
    return join(directory, `asset.${basename(found.Properties.Code.S3Key, '.zip')}`);
  };
  return { api: folderOf('FunctionsApi'), worker: folderOf('FunctionsWorker') };
};

const Report = z.object({
  pluginReports: z.array(
    z.looseObject({
      pluginName: z.string(),
      violations: z.array(z.looseObject({ ruleName: z.string(), violatingConstructs: z.unknown() })),
      suppressedViolations: z.array(z.looseObject({ ruleName: z.string() })).optional(),
    }),
  ),
});

/** What cdk-nag's AwsSolutions and AWS Control Tower's rules find: unexplained, and acknowledged. */
export const findingsIn = (context: Context, region = REGION) => {
  const { app, directory } = serviceApp(context, region);
  Validations.of(app).addPlugins(
    new AwsSolutionsChecks(app),
    new CfnGuardValidator({ maxBuffer: 64 * 1024 * 1024 }),
  );
  const before = process.exitCode;
  try {
    app.synth();
  } catch (error) {
    if (!(error instanceof Error && error.name === 'ValidationFailed')) throw error;
  } finally {
    process.exitCode = before;
  }
  const { pluginReports } = Report.parse(
    JSON.parse(readFileSync(join(directory, 'validation-report.json'), 'utf8')),
  );
  return {
    plugins: pluginReports.map(({ pluginName }) => pluginName),
    unexplained: pluginReports.flatMap(({ violations }) => violations),
    acknowledged: pluginReports.flatMap(({ suppressedViolations = [] }) => suppressedViolations),
  };
};
