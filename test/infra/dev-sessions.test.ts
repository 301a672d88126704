import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import * as z from 'zod';
import { isAllowed } from './iam/evaluate.ts';
import { resolved } from './iam/resolved.ts';
import { ACCOUNT, PUBLIC, REGION, serviceTemplate } from './synthesis.ts';

const Policy = z.object({
  Properties: z.object({ PolicyDocument: z.object({ Statement: z.array(z.unknown()) }) }),
});

const ARN = `arn:aws:ssm:${REGION}:${ACCOUNT}`;
const NODE = `${ARN}:managed-instance/mi-0123456789abcdef0`;
const EC2 = `arn:aws:ec2:${REGION}:${ACCOUNT}:instance/i-0123456789abcdef0`;
const SHELL = `${ARN}:document/SSM-SessionManagerRunShell`;
const awsDocument = (name: string) => `arn:aws:ssm:${REGION}::document/${name}`;

/** Alice as a person of the role Developers, to whom the policy is attached, beside others if wanted. */
const alice = (beside: readonly object[] = []) => {
  const [policy] = Object.entries(serviceTemplate(PUBLIC).findResources('AWS::IAM::ManagedPolicy'))
    .filter(([id]) => id.startsWith('AccessPoliciesDevSessions'))
    .map(([, found]) => Policy.parse(resolved(found)).Properties.PolicyDocument.Statement);
  const may = (action: string, resource: string, context: Record<string, string> = {}): boolean =>
    isAllowed([...(policy ?? []), ...beside], {
      action,
      resource,
      context: { 'aws:userid': 'AROAEXAMPLE:alice', ...context },
    });
  return {
    may,
    /** StartSession is asked of the machine and of the document. */
    mayStart: (machine: string, tags: Record<string, string>, document: string): boolean => {
      const checked = { 'ssm:SessionDocumentAccessCheck': 'true' };
      const ofMachine = Object.fromEntries(
        Object.entries(tags).map(([key, value]) => [`ssm:resourceTag/${key}`, value]),
      );
      return (
        may('ssm:StartSession', machine, { ...checked, ...ofMachine }) &&
        may('ssm:StartSession', document, checked)
      );
    },
  };
};

describe('the example of sessions by tag', () => {
  it.each([
    ['the shell', SHELL],
    ['SSH', awsDocument('AWS-StartSSHSession')],
  ])('lets a session start on a Dev node with %s', (_what, document) => {
    expect(alice().mayStart(NODE, { Environment: 'Dev' }, document)).toBe(true);
  });

  it('has the document that the output ssh-config names', () => {
    const [, document = ''] =
      /--document-name (\S+)/.exec(readFileSync('src/cli/output/ssh-config.ts', 'utf8')) ?? [];

    expect(document).not.toBe('');
    expect(alice().mayStart(NODE, { Environment: 'Dev' }, awsDocument(document))).toBe(true);
  });

  it.each([
    ['a Prod node', NODE, { Environment: 'Prod' }],
    ['a node without the tag', NODE, {}],
    ['a node of another environment', NODE, { Environment: 'Test' }],
    ['an EC2 instance', EC2, { Environment: 'Dev' }],
    ['a node of another account', NODE.replace(ACCOUNT, '999999999999'), { Environment: 'Dev' }],
  ])('lets none start on %s', (_what, machine, tags) => {
    expect(alice().mayStart(machine, tags, SHELL)).toBe(false);
  });

  it.each(['AWS-StartPortForwardingSession', 'AWS-StartInteractiveCommand'])(
    'lets none start with the document %s',
    (document) => {
      expect(alice().mayStart(NODE, { Environment: 'Dev' }, awsDocument(document))).toBe(false);
    },
  );

  it('does not let a document go unnamed, whose leave AWS would then not ask for', () => {
    const unchecked = { 'ssm:SessionDocumentAccessCheck': 'false', 'ssm:resourceTag/Environment': 'Dev' };

    expect(alice().may('ssm:StartSession', NODE, unchecked)).toBe(false);
    expect(alice().may('ssm:StartSession', SHELL, { 'ssm:SessionDocumentAccessCheck': 'false' })).toBe(false);
  });

  it.each([
    ['a hybrid node', NODE, 'Prod'],
    ['a hybrid node that is spelled otherwise', NODE, 'PROD'],
    ['an EC2 instance', EC2, 'Prod'],
    ['a node of another region', NODE.replace(REGION, 'us-east-1'), 'Prod'],
  ])('keeps Prod closed on %s, whatever else the person may do', (_what, machine, Environment) => {
    const everything = { Effect: 'Allow', Action: 'ssm:*', Resource: '*' };

    expect(alice([everything]).mayStart(machine, { Environment: 'Dev' }, SHELL)).toBe(true);
    expect(alice([everything]).mayStart(machine, { Environment }, SHELL)).toBe(false);
  });

  const OF_ONESELF = ['ssmmessages:OpenDataChannel', 'ssm:ResumeSession', 'ssm:TerminateSession'];
  it.each(OF_ONESELF)("leaves %s on one's own sessions, by their ARN or by their tag", (action) => {
    const byTag = { 'ssm:resourceTag/aws:ssmmessages:session-id': 'AROAEXAMPLE:alice' };

    expect(alice().may(action, `${ARN}:session/AROAEXAMPLE:alice-0a1b2c3d`)).toBe(true);
    expect(alice().may(action, `${ARN}:session/alice-0a1b2c3d`, byTag)).toBe(true);
  });

  it.each(OF_ONESELF)("does not leave %s on others' sessions", (action) => {
    const byTag = { 'ssm:resourceTag/aws:ssmmessages:session-id': 'AROAEXAMPLE:bob' };

    expect(alice().may(action, `${ARN}:session/AROAEXAMPLE:bob-0a1b2c3d`, byTag)).toBe(false);
    expect(alice().may(action, `${ARN}:session/bob-0a1b2c3d`, byTag)).toBe(false);
    expect(alice().may(action, `${ARN}:session/bob-0a1b2c3d`)).toBe(false);
  });

  it.each(['ssm:DescribeSessions', 'ssm:GetConnectionStatus'])('lets the person ask for %s', (action) => {
    expect(alice().may(action, '*')).toBe(true);
  });

  it.each(['ssm:SendCommand', 'ssm:GetParameter', 'ssm:AddTagsToResource', 'ssm:StartAutomationExecution'])(
    'does not give %s',
    (action) => {
      expect(alice().may(action, NODE, { 'ssm:resourceTag/Environment': 'Dev' })).toBe(false);
    },
  );
});
