import { describe, expect, it } from 'vitest';
import * as z from 'zod';
import { isAllowed } from './iam/evaluate.ts';
import { resolved } from './iam/resolved.ts';
import { ACCOUNT, PUBLIC, serviceTemplate, VARIANTS } from './synthesis.ts';

const Alarm = z.object({
  Properties: z.object({ AlarmActions: z.array(z.string()), OKActions: z.array(z.string()) }),
});
const Statements = z.object({ Statement: z.array(z.unknown()) });
const TopicPolicy = z.object({
  Properties: z.object({ Topics: z.array(z.string()), PolicyDocument: Statements }),
});
const Topic = z.object({
  Properties: z.object({ KmsMasterKeyId: z.string().optional() }).default({}),
});
const Key = z.object({ Properties: z.object({ KeyPolicy: Statements }) });

/** The deployed alarms, and the policies that stand between them and whoever is to hear of them. */
const deployed = (context: Record<string, string>) => {
  const template = serviceTemplate(context);
  const resources = <T extends z.ZodType>(type: string, schema: T): [string, z.infer<T>][] =>
    Object.entries(template.findResources(type)).map(([id, found]) => [id, schema.parse(resolved(found))]);
  const policies = resources('AWS::SNS::TopicPolicy', TopicPolicy).map(([, { Properties }]) => Properties);
  const keys = new Map(
    resources('AWS::KMS::Key', Key).map(([id, { Properties }]) => [
      `<${id}.Arn>`,
      Properties.KeyPolicy.Statement,
    ]),
  );
  const topics = new Map(
    resources('AWS::SNS::Topic', Topic).map(([id, { Properties }]) => [`<${id}>`, Properties.KmsMasterKeyId]),
  );
  const by = (account: string) => ({
    principal: { Service: 'cloudwatch.amazonaws.com' },
    context: { 'aws:SourceAccount': account, 'aws:SecureTransport': 'true' },
  });
  return {
    topics,
    actions: resources('AWS::CloudWatch::Alarm', Alarm).flatMap(([, { Properties }]) => [
      ...Properties.AlarmActions,
      ...Properties.OKActions,
    ]),
    mayPublish: (topic: string, account = ACCOUNT): boolean => {
      const statements = policies
        .filter(({ Topics }) => Topics.includes(topic))
        .flatMap(({ PolicyDocument }) => PolicyDocument.Statement);
      return isAllowed(statements, { ...by(account), action: 'sns:Publish', resource: topic });
    },
    mayEncrypt: (topic: string, account = ACCOUNT): boolean => {
      const key = topics.get(topic);
      if (key === undefined) return true;
      return ['kms:GenerateDataKey', 'kms:Decrypt'].every((action) =>
        isAllowed(keys.get(key) ?? [], { ...by(account), action, resource: key }),
      );
    },
  };
};

describe('an alarm', () => {
  it.each(Object.entries(VARIANTS))('may publish to its topic, through its key, in %s', (_name, context) => {
    const { actions, mayPublish, mayEncrypt } = deployed(context);

    expect(actions.length).toBeGreaterThanOrEqual(16);
    for (const topic of new Set(actions)) {
      expect({ topic, publishes: mayPublish(topic), encrypts: mayEncrypt(topic) }).toEqual({
        topic,
        publishes: true,
        encrypts: true,
      });
    }
  });

  it('of another account may not', () => {
    const { actions, mayPublish, mayEncrypt } = deployed(VARIANTS.PUBLIC_WITH_EVERYTHING);

    for (const topic of new Set(actions)) {
      expect([mayPublish(topic, '999999999999'), mayEncrypt(topic, '999999999999')]).toEqual([false, false]);
    }
  });

  it('has its topic under the key of the account when there is one', () => {
    expect([...deployed(VARIANTS.PUBLIC_WITH_EVERYTHING).topics.values()]).toEqual([
      expect.stringMatching(/^<Key/),
    ]);
    expect([...deployed(PUBLIC).topics.values()]).toEqual([undefined]);
  });
});
