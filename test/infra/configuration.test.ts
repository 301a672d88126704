import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { CONTEXT_KEYS, readConfiguration } from '../../infra/configuration.ts';
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

    expect(readConfiguration({ eventBusArn })).toEqual({ member: { eventBusArn } });
  });
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
