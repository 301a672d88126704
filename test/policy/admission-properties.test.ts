import fc from 'fast-check';
import { expect, test } from 'vitest';
import { ActivationError } from '../../src/activation/errors.ts';
import { InstanceName } from '../../src/activation/instance-name.ts';
import { admitToActivate, admitToTag } from '../../src/identity/admission.ts';
import { createCheckTrail } from '../../src/identity/check-trail.ts';
import { hashSecret, type JoinToken, JoinTokenId } from '../../src/identity/join-token/join-token.ts';
import type { JoinTokens } from '../../src/identity/join-token/join-tokens.ts';
import { type Proven, proofIn } from '../../src/identity/proof.ts';
import { createProofs } from '../../src/identity/proofs.ts';
import { Policy } from '../../src/policy/policy.ts';
import { ACCOUNT, documentOf, POLICY } from '../admission/credentials.ts';
import { unhurried } from '../service.ts';
import { given, type OracleRequest } from './oracle.ts';

const RUNS = Number(process.env['POLICY_RUNS'] ?? 1_500);
const NOW = new Date('2026-11-21T10:00:00Z');
const INSTANCES = ['i-0abcdef0', 'i-0abcdef0123456789'];
const DOCUMENTS = new Map(INSTANCES.map((instanceId) => [instanceId, documentOf({ instanceId })]));

/** Few and short, so that patterns and texts meet often. */
const PIECES = ['web', 'db', '-', '1', '.', 'i-', ...INSTANCES];
const text = fc.oneof(
  { weight: 3, arbitrary: fc.array(fc.constantFrom(...PIECES), { minLength: 1, maxLength: 3 }) },
  { weight: 1, arbitrary: fc.constantFrom(...INSTANCES).map((id) => [id]) },
);
const name = text.map((pieces) => pieces.join('')).filter((joined) => !/^\.{1,2}$/.test(joined));
const pattern = fc
  .array(fc.constantFrom('*', '*', ...PIECES), { minLength: 1, maxLength: 3 })
  .map((pieces) => pieces.join(''));
const patterns = fc.array(pattern, { minLength: 1, maxLength: 3 });
const key = fc.constantFrom('Role', 'Rolex', 'Env', 'toString');
const value = fc.constantFrom('', 'web', 'web-1', 'db', 'prod');
const tagSet = fc.dictionary(key, value, { maxKeys: 2 });
/** A caller writes keys as it likes. */
const askedTags = fc.dictionary(
  fc.oneof({ weight: 9, arbitrary: key }, fc.constantFrom('role', 'ENV', 'Env ', 'TOSTRING')),
  value,
  { maxKeys: 2 },
);

const tags = fc.record({
  fixed: tagSet,
  allowed: fc.dictionary(
    fc.constantFrom('*', '*', 'Role', 'Role*', 'Env', 'constructor'),
    fc.array(fc.constantFrom('*', '*', 'web*', '*-1', 'prod', ''), { minLength: 1, maxLength: 2 }),
    { maxKeys: 3 },
  ),
  required: fc.array(key, { maxLength: 1 }),
});
const { certificates } = POLICY.instanceIdentity ?? expect.fail('the policy takes no documents');
const policy = fc
  .record(
    {
      instanceIdentity: fc.record({
        accounts: fc.constant([ACCOUNT]),
        regions: fc.constant(['us-west-2']),
        certificates: fc.constant(certificates),
        names: fc.oneof(fc.constant([]), patterns),
        tags,
      }),
      joinTokens: fc.record({ names: patterns, tags }),
      network: fc.array(
        fc.record({
          cidrs: fc.constantFrom(['10.0.0.0/8'], ['11.0.0.0/8', '10.0.0.0/8']),
          names: patterns,
          tags,
        }),
        { maxLength: 2 },
      ),
    },
    { requiredKeys: [] },
  )
  .map((written) => Policy.parse(written));
const request: fc.Arbitrary<OracleRequest> = fc.record({
  proof: fc.constantFrom('instance-identity', 'join-token', 'network'),
  instanceId: fc.constantFrom(...INSTANCES),
  address: fc.constantFrom('10.1.2.3', '11.1.2.3', '12.1.2.3'),
  token: fc.record({ namePattern: pattern, tags: tagSet }),
  name: fc.option(name, { nil: undefined, freq: 6 }),
  tags: askedTags,
});

const SECRET = 's'.repeat(32);
const TOKEN_ID = JoinTokenId.parse('aaaaaaaaaaaa');
const tokensWith = ({ token }: OracleRequest): JoinTokens => {
  const made: JoinToken = {
    ...token,
    id: TOKEN_ID,
    secretHash: hashSecret(SECRET),
    maxNames: 1,
    names: [],
    cidrs: [],
    rejoin: false,
    description: '',
    createdBy: 'alice',
    createdAt: NOW,
    expiresAt: new Date(NOW.getTime() + 60_000),
  };
  const unused = () => expect.fail('only reading is needed');
  return { read: async () => made, create: unused, list: unused, revoke: unused, countName: unused };
};

const evidenceOf = ({ proof, instanceId, address }: OracleRequest) => ({
  sourceIp: address,
  ...(proof === 'instance-identity' && { instanceIdentity: DOCUMENTS.get(instanceId) }),
  ...(proof === 'join-token' && { authorization: `Bearer ssmj_${TOKEN_ID}_${SECRET}` }),
});

/** What the service gives; undefined when it refuses. */
const admitted = async (
  policy: Policy,
  request: OracleRequest,
  admit: (proven: Proven, wish: object) => object,
): Promise<object | undefined> => {
  const evidence = evidenceOf(request);
  try {
    const proof = proofIn(
      createProofs(
        policy,
        () => tokensWith(request),
        () => NOW,
      ),
      evidence,
    );
    const proven = await proof.examine(evidence, NOW, createCheckTrail(), unhurried());
    return admit(proven, { name: request.name && InstanceName.parse(request.name), tags: request.tags });
  } catch (error) {
    if (error instanceof ActivationError) return undefined;
    throw error;
  }
};

test('whoever asks for whatever gets the name and the tags that policy gives, and otherwise nothing', async () => {
  let granted = 0;
  const property = fc.asyncProperty(policy, request, async (policy, request) => {
    const answer = await admitted(policy, request, (proven, wish) =>
      admitToActivate(proven, wish, createCheckTrail()),
    );

    expect(answer).toEqual(given(policy, request));
    if (answer) granted += 1;
  });

  await fc.assert(property, { numRuns: RUNS });
  // A property about refusals alone would prove little.
  expect(granted).toBeGreaterThan(RUNS / 50);
});

test('whoever tags a node sets no tag that policy does not give', async () => {
  let granted = 0;
  const property = fc.asyncProperty(policy, request, async (policy, request) => {
    const answer = await admitted(policy, request, (proven, wish) =>
      admitToTag(proven, wish, createCheckTrail()),
    );

    if (!answer) return;
    granted += 1;
    const asked = { ...request, tags: {} };
    const lenient: Policy = Policy.parse(JSON.parse(JSON.stringify(policy), withoutRequired));
    expect(answer).toHaveProperty('name', given(lenient, asked)?.name);
    expect(answer).toHaveProperty('tags', request.tags);
    expect(given(lenient, request)?.tags).toMatchObject(request.tags);
  });

  await fc.assert(property, { numRuns: RUNS });
  expect(granted).toBeGreaterThan(RUNS / 100);
});

/** Required tags are for activating only. */
const withoutRequired = (key: string, value: unknown): unknown => (key === 'required' ? [] : value);
