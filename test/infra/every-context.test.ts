import { readFileSync } from 'node:fs';
import { Match } from 'aws-cdk-lib/assertions';
import { describe, expect, it } from 'vitest';
import * as z from 'zod';
import { CONTEXT_KEYS } from '../../infra/context-keys.ts';
import { pairwise } from './pairwise.ts';
import {
  ACCOUNT,
  PRIVATE,
  PRIVATE_WITH_NEW_ENDPOINT,
  PUBLIC,
  REGION,
  serviceTemplate,
  UNKNOWN_REGION,
} from './synthesis.ts';

const NONE = {};
const DOMAIN = {
  domainName: 'activation.example.com',
  certificateArn: `arn:aws:acm:${REGION}:${ACCOUNT}:certificate/0`,
};

/** What each part of the context can be. Each choice is a piece of context, beside which those of the others stand. */
const CHOICES: readonly (readonly Readonly<Record<string, string>>[])[] = [
  [
    PUBLIC,
    { ...PUBLIC, wafRequestsPerFiveMinutes: 'off' },
    { ...PUBLIC, ...DOMAIN, wafRequestsPerFiveMinutes: '100' },
    { ...PUBLIC, ...DOMAIN, hostedZoneId: 'Z0123456789', hostedZoneName: 'example.com' },
    PRIVATE,
    { ...PRIVATE, vpcEndpointIds: 'vpce-0123456789abcdef0,vpce-0123456789abcdef1' },
    PRIVATE_WITH_NEW_ENDPOINT,
    { ...PRIVATE_WITH_NEW_ENDPOINT, privateDns: 'true' },
  ],
  [{ apiGatewayLogsRole: 'create' }, { apiGatewayLogsRole: 'existing' }],
  [NONE, { customerManagedKey: 'true' }],
  [NONE, { alarmTopicArn: `arn:aws:sns:${REGION}:${ACCOUNT}:ops` }],
  [NONE, { memberAccounts: '222233334444,333344445555' }],
  [{ ledger: 'protected' }, { ledger: 'removable' }],
  [NONE, { restoredTable: 'ledger-restored' }],
  [NONE, { stackName: 'SsmActivationProd' }],
  [{ architecture: 'arm64' }, { architecture: 'x86_64' }],
  [NONE, { reserveConcurrency: 'false', apiConcurrency: '10' }],
  [NONE, { cloudWatchAgent: 'true', nodeManagedPolicies: 'AmazonSSMPatchAssociation' }],
  [NONE, { activationLifetimeMinutes: '5', fleetQuota: '500', logRetentionDays: '30' }],
  [NONE, { ssmCallsPerSecond: '0.5', requestsPerSecond: '20' }],
];
const REGIONS = [REGION, UNKNOWN_REGION, 'cn-north-1', 'us-gov-west-1', 'eusc-de-east-1'];

const cases = pairwise([REGIONS.map((region) => ({ region })), ...CHOICES]).map((pieces) => {
  const merged: Record<string, string> = Object.assign({}, ...pieces);
  const { region = REGION, ...context } = merged;
  return { region, context };
});

it('every key of the context has a choice', () => {
  const chosen = new Set(CHOICES.flat().flatMap((piece) => Object.keys(piece)));
  const elsewhere = ['policyFile', 'eventBusArn'];

  expect([...chosen, ...elsewhere].toSorted()).toEqual(CONTEXT_KEYS.toSorted());
});

it.each(cases)('any two choices make a template together: $region $context', ({ region, context }) => {
  const template = serviceTemplate(context, region);

  template.hasOutput('Url', {});
  template.resourceCountIs('AWS::ApiGateway::Account', context['apiGatewayLogsRole'] === 'create' ? 1 : 0);
});

describe('two stacks in a region', () => {
  const Named = z.object({ Properties: z.record(z.string(), z.unknown()).optional() });
  const names = (stackName: string): string[] => {
    const template = serviceTemplate({ ...PUBLIC, stackName, memberAccounts: '222233334444' });
    return Object.values(template.toJSON()['Resources'] ?? {}).flatMap((resource) => {
      const { Properties = {} } = Named.parse(resource);
      // Names that AWS wants to be a region's only one, as the template gives them.
      const { Name, DashboardName, TableName, FunctionName, RoleName, QueueName, TopicName } = Properties;
      return [Name, DashboardName, TableName, FunctionName, RoleName, QueueName, TopicName]
        .filter((name) => typeof name === 'string')
        .filter((name) => name !== 'ssm-activation-api');
    });
  };

  it('have no name in common, but the title of their REST APIs', () => {
    const one = names('SsmActivation');
    const other = names('SsmActivationProd');

    expect(one.length).toBeGreaterThan(0);
    expect(one.filter((name) => other.includes(name))).toEqual([]);
  });

  it('have metrics of their own', () => {
    serviceTemplate({ ...PUBLIC, stackName: 'SsmActivationProd' }).allResourcesProperties(
      'AWS::Logs::MetricFilter',
      {
        MetricTransformations: [Match.objectLike({ MetricNamespace: 'SsmActivation/SsmActivationProd' })],
      },
    );
  });
});

describe('the contexts that the README shows', () => {
  const contexts = [...readFileSync('infra/README.md', 'utf8').matchAll(/<<'END'\n(.*?)\n {4}END/gs)].map(
    ([, text = '']) => z.record(z.string(), z.unknown()).parse(JSON.parse(text)),
  );

  it.each(contexts)('can be deployed: %j', ({ policyFile, ...context }) => {
    serviceTemplate(context).hasOutput('Url', {});

    expect(policyFile).toBe('policy.json');
  });

  it('are the three ways to reach the API', () => {
    expect(contexts).toHaveLength(3);
  });
});
