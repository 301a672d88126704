import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { readConfiguration, readStackName } from '../../infra/configuration.ts';
import { CONTEXT_KEYS } from '../../infra/context-keys.ts';
import { readDeployment } from '../../infra/deployment.ts';
import { shippedPolicy } from '../../infra/shipped-policy.ts';
import { PUBLIC, temporaryDirectory } from './synthesis.ts';

const POLICY = { policyFile: 'policy.json' };

const problemsOf = (context: Record<string, unknown>): string => {
  try {
    readConfiguration(context);
  } catch (error) {
    return error instanceof Error ? error.message : '';
  }
  throw new Error('the context was accepted');
};

describe('the context', () => {
  it('is taken as the command line gives it and as cdk.json does', () => {
    const asText = {
      ...POLICY,
      ...PUBLIC,
      memberAccounts: '222233334444, 333344445555',
      apiConcurrency: '4',
    };
    const asJson = {
      ...POLICY,
      exposure: 'public',
      allowedCidrs: ['203.0.113.0/24'],
      memberAccounts: ['222233334444', '333344445555'],
      apiConcurrency: 4,
    };

    expect(readConfiguration(asText)).toEqual(readConfiguration(asJson));
  });

  it("leaves the CDK's own keys alone", () => {
    const context = { ...POLICY, ...PUBLIC, 'aws:cdk:enable-path-metadata': true, '@aws-cdk/core:x': 1 };

    expect(readConfiguration(context)).toEqual(readConfiguration({ ...POLICY, ...PUBLIC }));
  });

  it('without an exposure names the choice', () => {
    expect(problemsOf(POLICY)).toContain('exposure: choose private');
  });

  it('names every problem at once', () => {
    const problems = problemsOf({
      exposure: 'public',
      allowedCidrs: '10.0.0.0/33,somewhere',
      customerManagedKey: 'yes',
      apiConcurrency: '0',
      memberAccounts: '42',
      logRetentionDays: '100',
      alarmTopicArn: 'topic',
      aloowedCidrs: '10.0.0.0/8',
    });

    expect(problems).toContain('policyFile: name the policy file');
    for (const key of [
      'allowedCidrs.0',
      'allowedCidrs.1',
      'customerManagedKey',
      'apiConcurrency',
      'memberAccounts.0',
      'logRetentionDays',
      'alarmTopicArn',
      'aloowedCidrs',
    ]) {
      expect(problems).toContain(key);
    }
  });

  it.each([undefined, 'publik'])('of the exposure %j names every other problem too', (exposure) => {
    const problems = problemsOf({ exposure, apiConcurrency: '0', vpcId: 'here', aloowedCidrs: '10.0.0.0/8' });

    for (const key of ['exposure: choose', 'policyFile', 'apiConcurrency', 'vpcId', 'aloowedCidrs']) {
      expect(problems).toContain(key);
    }
  });

  it('with a value that cannot be names the keys that do not go together too', () => {
    const problems = problemsOf({ ...POLICY, ...PUBLIC, apiConcurrency: '0', domainName: 'a.example.com' });

    expect(problems).toContain('apiConcurrency');
    expect(problems).toContain('certificateArn: domainName needs one');
  });

  it('of a private API without an endpoint says what is needed to make one', () => {
    const problems = problemsOf({ ...POLICY, exposure: 'private' });

    for (const key of ['vpcId', 'subnetIds', 'allowedCidrs']) {
      expect(problems).toContain(`${key}: is needed to make a VPC endpoint`);
    }
  });

  it.each([
    [
      'an endpoint and a VPC',
      { exposure: 'private', vpcEndpointIds: 'vpce-0123456789abcdef0', vpcId: 'vpc-01234567' },
    ],
    ['a domain without a certificate', { ...PUBLIC, domainName: 'a.example.com' }],
    ['a certificate without a domain', { ...PUBLIC, certificateArn: 'arn:aws:acm:eu-west-1:111122223333:x' }],
    ['half a hosted zone', { ...PUBLIC, hostedZoneId: 'Z1' }],
    ['a public API from nowhere', { exposure: 'public' }],
  ])('refuses %s', (_what, context) => {
    expect(problemsOf({ ...POLICY, ...context })).toContain('The context is not valid');
  });

  it('of a member account needs the bus alone', () => {
    const eventBusArn = 'arn:aws:events:eu-west-1:111122223333:event-bus/x';

    expect(readConfiguration({ eventBusArn })).toEqual({
      member: { eventBusArn, stackName: 'SsmActivationMember' },
    });
  });
});

it('a member account may be deployed from a checkout that keeps the context of the service', () => {
  const eventBusArn = 'arn:aws:events:eu-west-1:111122223333:event-bus/x';

  expect(readConfiguration({ ...POLICY, ...PUBLIC, eventBusArn })).toMatchObject({ member: { eventBusArn } });
  expect(() => readConfiguration({ eventBusArn, aloowedCidrs: 'x' })).toThrow('aloowedCidrs');
});

describe('the name of the stack', () => {
  it.each([
    ['is SsmActivation', {}, 'SsmActivation'],
    ['is that of a member account when its bus is given', { eventBusArn: 'x' }, 'SsmActivationMember'],
    ['is the one that the context gives', { stackName: 'Prod-1' }, 'Prod-1'],
    ['needs nothing else to be right', { exposure: 'publik', policyFile: 'nowhere' }, 'SsmActivation'],
  ])('%s', (_what, context, name) => {
    expect(readStackName(context)).toBe(name);
  });

  it.each(['', '1st', 'a_b', 'a'.repeat(129)])('cannot be %j', (stackName) => {
    expect(() => readStackName({ stackName })).toThrow('stackName: must be a letter');
    expect(problemsOf({ ...POLICY, ...PUBLIC, stackName })).toContain('stackName: must be a letter');
  });
});

it('the problems of the context and of the policy file are named together', () => {
  expect(() => readDeployment({ exposure: 'publik', policyFile: 'nowhere.json' })).toThrow(
    /exposure: choose.*policyFile: nowhere\.json cannot be deployed/s,
  );
});

it('the README explains every key of the context, and no other', () => {
  const rows = readFileSync('infra/README.md', 'utf8').match(/(?<=^\| )`\w+`(?:, `\w+`)*(?= \|)/gm) ?? [];
  const documented = rows.flatMap((row) => row.replaceAll('`', '').split(', '));

  expect(documented.toSorted()).toEqual(CONTEXT_KEYS.toSorted());
});

describe('the policy file', () => {
  const file = (text: string): string => {
    const policyFile = join(temporaryDirectory(), 'policy.json');
    writeFileSync(policyFile, text);
    return policyFile;
  };

  it('is shipped with the life that the context gives activations', () => {
    const policyFile = file('{ "network": [{ "cidrs": ["10.0.0.0/8"], "names": ["*"] }] }');

    const shipped = JSON.parse(shippedPolicy({ policyFile, activationLifetimeMinutes: 5 }));

    expect(shipped).toMatchObject({ activationLifetimeMinutes: 5, network: [{ cidrs: ['10.0.0.0/8'] }] });
  });

  it('is not deployed with problems, and all are named', () => {
    const policyFile = file('{ "network": [{ "cidrs": ["10.0.0.0/99"], "names": [] }], "tokens": {} }');

    expect(() => shippedPolicy({ policyFile, activationLifetimeMinutes: undefined })).toThrow(
      /network\.0\.cidrs\.0.*network\.0\.names.*tokens/s,
    );
  });

  it('that is not there is named', () => {
    expect(() => shippedPolicy({ policyFile: 'nowhere.json', activationLifetimeMinutes: undefined })).toThrow(
      /nowhere\.json/,
    );
  });
});
