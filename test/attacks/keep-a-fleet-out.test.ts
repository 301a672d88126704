import { ResponseType } from 'aws-cdk-lib/aws-apigateway';
import { describe, expect, it } from 'vitest';
import * as z from 'zod';
import { PRIVATE, PUBLIC, serviceTemplate, VARIANTS } from '../infra/synthesis.ts';

const Stage = z.object({
  Properties: z.object({
    MethodSettings: z.array(
      z.object({
        HttpMethod: z.string(),
        ResourcePath: z.string(),
        ThrottlingRateLimit: z.number(),
        ThrottlingBurstLimit: z.number(),
      }),
    ),
  }),
});
const RateRule = z.object({
  Action: z.object({ Block: z.object({}) }),
  Statement: z.object({
    RateBasedStatement: z.object({
      Limit: z.number(),
      EvaluationWindowSec: z.number(),
      AggregateKeyType: z.literal('IP'),
    }),
  }),
});
const WebAcl = z.object({ Properties: z.object({ Rules: z.array(RateRule) }) });

/** What API Gateway lets through to a route; its limits are of one method each. */
const limitOf = (context: Record<string, string>, path: string) => {
  const [stage] = Object.values(serviceTemplate(context).findResources('AWS::ApiGateway::Stage'));
  const settings = Stage.parse(stage).Properties.MethodSettings;
  const own = settings.find(({ ResourcePath }) => ResourcePath === `/${path.replaceAll('/', '~1')}`);
  const limit = own ?? settings.find(({ ResourcePath }) => ResourcePath === '/*');
  if (!limit) throw new Error(`nothing limits ${path}`);
  return { ...limit, isItsOwn: own !== undefined };
};

/** What WAF lets one address ask in a second, on average. */
const perAddress = (context: Record<string, string>): number | undefined => {
  const [acl] = Object.values(serviceTemplate(context).findResources('AWS::WAFv2::WebACL'));
  if (acl === undefined) return undefined;
  const [rule] = WebAcl.parse(acl).Properties.Rules;
  const { Limit, EvaluationWindowSec } = rule?.Statement.RateBasedStatement ?? {
    Limit: 0,
    EvaluationWindowSec: 1,
  };
  return Limit / EvaluationWindowSec;
};

describe('a caller that sends junk to /activate', () => {
  it.each(Object.entries(VARIANTS))(
    'does not use up what API Gateway lets through by as many calls as SSM mints, in %s',
    (_name, context) => {
      const { ThrottlingRateLimit } = limitOf(context, '/activate');

      // SSM mints 3.5 a second of the default budget: a limit of that order is used up by hand.
      expect(ThrottlingRateLimit).toBeGreaterThanOrEqual(100 * 3.5);
    },
  );

  it('from one address gets a small part of it on a public API, without anybody turning that on', () => {
    const part =
      (perAddress(PUBLIC) ?? Number.POSITIVE_INFINITY) / limitOf(PUBLIC, '/activate').ThrottlingRateLimit;

    expect(part).toBeLessThan(0.1);
  });

  it('is told to come back, and not refused: a fleet may boot behind one address', () => {
    const [answer] = Object.values(
      serviceTemplate(PUBLIC).findResources('AWS::ApiGateway::GatewayResponse', {
        Properties: { ResponseType: ResponseType.WAF_FILTERED.responseType },
      }),
    );

    expect(answer).toMatchObject({
      Properties: {
        StatusCode: '429',
        ResponseParameters: { 'gatewayresponse.header.Retry-After': expect.stringMatching(/^'\d+'$/) },
      },
    });
  });
});

describe('a caller that floods /readyz', () => {
  it('spends little of what SSM gives, and none of what other routes have', () => {
    const readyz = limitOf(PRIVATE, '/readyz');
    const others = ['/activate', '/tag', '/livez', '/nodes'].map((path) => limitOf(PRIVATE, path));

    expect(readyz).toMatchObject({ isItsOwn: true });
    expect(readyz.ThrottlingRateLimit).toBeLessThanOrEqual(5);
    for (const other of others)
      expect(other.ThrottlingRateLimit).toBeGreaterThan(readyz.ThrottlingRateLimit * 10);
  });
});

it('whoever turns the rate rule off says so', () => {
  expect(perAddress({ ...PUBLIC, wafRequestsPerFiveMinutes: 'off' })).toBeUndefined();
  expect(perAddress(PRIVATE)).toBeUndefined();
});
