import { Match, type Template } from 'aws-cdk-lib/assertions';
import { describe, expect, it } from 'vitest';
import * as z from 'zod';
import { ROUTES } from '../../infra/routes.ts';
import { Statement } from './role-permissions.ts';
import { ACCOUNT, PUBLIC, PUBLIC_WITH_EVERYTHING, REGION, serviceTemplate } from './synthesis.ts';

describe('the node role', () => {
  it('is taken on by SSM alone, for nodes of this account and region', () => {
    serviceTemplate(PUBLIC).hasResourceProperties('AWS::IAM::Role', {
      Description: Match.stringLikeRegexp('Managed nodes'),
      AssumeRolePolicyDocument: {
        Statement: [
          {
            Effect: 'Allow',
            Action: 'sts:AssumeRole',
            Principal: { Service: 'ssm.amazonaws.com' },
            Condition: {
              StringEquals: { 'aws:SourceAccount': { Ref: 'AWS::AccountId' } },
              ArnEquals: {
                'aws:SourceArn': {
                  'Fn::Join': ['', ['arn:', { Ref: 'AWS::Partition' }, `:ssm:${REGION}:${ACCOUNT}:*`]],
                },
              },
            },
          },
        ],
      },
    });
  });

  const policiesOfNodes = (context: Record<string, string>) => {
    const [role] = Object.values(
      serviceTemplate(context).findResources('AWS::IAM::Role', {
        Properties: { Description: Match.stringLikeRegexp('Managed nodes') },
      }),
    );
    const Role = z.object({ Properties: z.object({ ManagedPolicyArns: z.array(z.unknown()) }) });
    return Role.parse(role).Properties.ManagedPolicyArns.map(
      (arn) => /policy\/([\w/]+)/.exec(JSON.stringify(arn))?.[1],
    );
  };

  it('lets a node be managed and nothing more', () => {
    expect(policiesOfNodes(PUBLIC)).toEqual(['AmazonSSMManagedInstanceCore']);
  });

  it('has the further policies that the context names', () => {
    const own = `arn:aws:iam::${ACCOUNT}:policy/Own`;

    expect(
      policiesOfNodes({
        ...PUBLIC,
        cloudWatchAgent: 'true',
        nodeManagedPolicies: `AmazonSSMPatchAssociation,${own}`,
      }),
    ).toEqual([
      'AmazonSSMManagedInstanceCore',
      'CloudWatchAgentServerPolicy',
      'AmazonSSMPatchAssociation',
      'Own',
    ]);
  });
});

const ManagedPolicies = z.record(
  z.string(),
  z.object({ Properties: z.object({ PolicyDocument: z.object({ Statement: z.array(Statement) }) }) }),
);

const statementsOfPolicy = (template: Template, name: string): readonly Statement[] => {
  const policies = ManagedPolicies.parse(template.findResources('AWS::IAM::ManagedPolicy'));
  const [, policy] = Object.entries(policies).find(([id]) => id.startsWith(`AccessPolicies${name}`)) ?? [];
  return policy?.Properties.PolicyDocument.Statement ?? [];
};

/** `METHOD /path` of the routes that a policy lets its holder invoke. */
const routesOf = (statements: readonly Statement[]): string[] =>
  statements.flatMap(({ Effect, Action, Resource }) => {
    expect({ Effect, Action }).toEqual({ Effect: 'Allow', Action: ['execute-api:Invoke'] });
    return Resource.map((resource) => {
      const [, method, path] = /\/latest\/([A-Z]+)(\/[^"]*)"/.exec(JSON.stringify(resource)) ?? [];
      return `${method} ${path}`;
    });
  });

const expected = (wanted: (route: (typeof ROUTES)[number]) => boolean): string[] =>
  ROUTES.filter(wanted).map(({ method, path }) => `${method} ${path.replace(/\{\w+\}/, '*')}`);

describe('the policies that a platform team attaches', () => {
  it('let an operator call the operator routes, each by itself', () => {
    const routes = routesOf(statementsOfPolicy(serviceTemplate(PUBLIC), 'Operator'));

    expect(routes.toSorted()).toEqual(expected(({ caller }) => caller === 'operator').toSorted());
  });

  it('let a reader call those that change nothing', () => {
    const routes = routesOf(statementsOfPolicy(serviceTemplate(PUBLIC), 'Reader'));

    expect(routes.toSorted()).toEqual(
      ['GET /events', 'GET /nodes', 'GET /nodes/*', 'GET /tokens', 'POST /identity/check'].toSorted(),
    );
  });
});

it('a public API has a rate rule by address, and can have a name of its own', () => {
  const template = serviceTemplate(PUBLIC_WITH_EVERYTHING);

  template.hasResourceProperties('AWS::WAFv2::WebACL', {
    Scope: 'REGIONAL',
    Rules: [Match.objectLike({ Statement: { RateBasedStatement: Match.objectLike({ Limit: 1000 }) } })],
  });
  template.resourceCountIs('AWS::WAFv2::WebACLAssociation', 1);
  template.hasResourceProperties('AWS::ApiGateway::DomainName', {
    DomainName: 'activation.example.com',
    SecurityPolicy: 'TLS_1_2',
  });
  template.hasResourceProperties('AWS::ApiGateway::BasePathMapping', { BasePath: 'latest' });
  template.hasResourceProperties('AWS::Lambda::Function', {
    Environment: { Variables: Match.objectLike({ PUBLIC_URL: 'https://activation.example.com/latest' }) },
  });
  template.hasOutput('Url', { Value: 'https://activation.example.com/latest' });
});
