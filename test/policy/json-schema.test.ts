import Fastify from 'fastify';
import { expect, test } from 'vitest';
import { policySchema } from '../../src/policy/json-schema.ts';
import { LOCAL_POLICY } from '../../src/policy/local-policy.ts';
import { Policy } from '../../src/policy/policy.ts';
import { POLICY } from '../admission/credentials.ts';

/** Whether an editor that knows the schema would take a document: Fastify brings a validator of JSON Schema along. */
const isTaken = async (document: unknown): Promise<boolean> => {
  const plain = { removeAdditional: false, coerceTypes: false, useDefaults: false, strict: false } as const;
  const app = Fastify({ ajv: { customOptions: plain } });
  // The validator knows the dialect by what it does, and not by its address.
  const { $schema: _dialect, ...schema } = { $schema: '', ...policySchema() };
  app.post('/', { schema: { body: schema } }, async () => 'taken');
  const { statusCode } = await app.inject({
    method: 'POST',
    url: '/',
    payload: JSON.stringify(document),
    headers: { 'content-type': 'application/json' },
  });
  return statusCode === 200;
};

const EC2 = { accounts: ['123456789012'], regions: ['us-west-2'] };
const NETWORK = { cidrs: ['10.0.0.0/8'], names: ['*'] };
const OIDC = {
  name: 'gce',
  issuer: 'https://accounts.google.com',
  audience: 'ssm-activation',
  nameClaim: 'google.compute_engine.instance_id',
  requiredClaims: { 'google.compute_engine.project_id': ['my-*'] },
};
const withTags = (tags: object) => ({ network: [{ ...NETWORK, tags }] });

test.each([
  ['nothing', {}],
  ['the local policy', LOCAL_POLICY],
  ['the policy of the tests', POLICY],
  ['its own address', { $schema: './policy.schema.json' }],
  ['documents', { instanceIdentity: { ...EC2, maxAgeMinutes: 5, names: ['web-*'] } }],
  ['tokens', { joinTokens: {}, activationLifetimeMinutes: 1_440 }],
  ['a provider', { oidc: [OIDC] }],
  ['tags', withTags({ fixed: { Site: '' }, allowed: { '*': [''] }, required: ['Größe'] })],
])('a policy of %s is taken by the schema and by the service', async (_what, document) => {
  expect(Policy.safeParse(document).success).toBe(true);
  expect(await isTaken(document)).toBe(true);
});

test.each([
  ['a list', []],
  ['an unknown key', { networks: [] }],
  ['an unknown key within', { network: [{ ...NETWORK, name: 'x' }] }],
  ['an unknown tag rule', withTags({ allow: {} })],
  ['no accounts', { instanceIdentity: { ...EC2, accounts: [] } }],
  ['an account that is none', { instanceIdentity: { ...EC2, accounts: ['*'] } }],
  ['a region that is none', { instanceIdentity: { ...EC2, regions: ['*'] } }],
  ['an age of nothing', { instanceIdentity: { ...EC2, maxAgeMinutes: 0 } }],
  ['half an age', { instanceIdentity: { ...EC2, maxAgeMinutes: 1.5 } }],
  ['a life of more than a day', { activationLifetimeMinutes: 1_441 }],
  ['a life in words', { activationLifetimeMinutes: '60' }],
  ['no blocks', { network: [{ ...NETWORK, cidrs: [] }] }],
  ['no names', { network: [{ cidrs: NETWORK.cidrs }] }],
  ['an empty pattern', { network: [{ ...NETWORK, names: [''] }] }],
  ['a provider of no audience', { oidc: [{ ...OIDC, audience: '' }] }],
  ['a provider without a name claim', { oidc: [{ ...OIDC, nameClaim: undefined }] }],
  ['a tag of a bad value', withTags({ fixed: { Site: '!' } })],
  ['a required tag of no name', withTags({ required: [''] })],
  ['a choice of no values', withTags({ allowed: { Role: [] } })],
])('a policy of %s is refused by the schema and by the service', async (_what, document) => {
  expect(Policy.safeParse(document).success).toBe(false);
  expect(await isTaken(document)).toBe(false);
});
