import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { LOCAL_POLICY } from '../../src/policy/local-policy.ts';
import { Policy } from '../../src/policy/policy.ts';
import { parsePolicy, readPolicy, UnusablePolicy } from '../../src/policy/read-policy.ts';

const fileWith = async (text: string): Promise<string> => {
  const directory = await mkdtemp(join(tmpdir(), 'policy-'));
  onTestFinished(() => rm(directory, { recursive: true }));
  const file = join(directory, 'policy.json');
  await writeFile(file, text);
  return file;
};

/** What an operator reads about a policy that cannot be used. */
const problemsOf = (policy: unknown): string => {
  try {
    parsePolicy(JSON.stringify(policy));
  } catch (error) {
    if (error instanceof UnusablePolicy) return error.message;
    throw error;
  }
  return expect.fail('the policy was taken');
};

test('a policy in a file is read, with what it leaves out set to the safe value', async () => {
  const file = await fileWith('{ "network": [{ "cidrs": ["10.0.0.0/8"], "names": ["web-*"] }] }');

  const policy = await readPolicy(file);

  expect(policy).toMatchObject({
    activationLifetimeMinutes: 60,
    oidc: [],
    network: [{ cidrs: ['10.0.0.0/8'], names: ['web-*'], tags: { fixed: {}, allowed: {}, required: [] } }],
  });
  expect(policy).not.toHaveProperty('instanceIdentity');
  expect(policy).not.toHaveProperty('joinTokens');
});

test('no file means that nobody is let in', async () => {
  expect(await readPolicy(undefined)).toEqual(Policy.parse({}));
});

test('no file means the policy of the local server there', async () => {
  expect(await readPolicy(undefined, LOCAL_POLICY)).toBe(LOCAL_POLICY);
});

test('a file that is not there is named', async () => {
  const file = join(tmpdir(), 'policy-that-is-not-there.json');

  const reading = readPolicy(file, LOCAL_POLICY);

  await expect(reading).rejects.toThrow(UnusablePolicy);
  await expect(reading).rejects.toThrow(file);
});

test('a file that is not JSON is named, and told from one that breaks a rule', async () => {
  const file = await fileWith('{ "network": [ }');

  const reading = readPolicy(file);

  await expect(reading).rejects.toThrow(file);
  await expect(reading).rejects.toThrow(/not valid JSON: Unexpected token '}'/);
});

test.each([
  ['alone', 'operator-key-in-the-wrong-file'],
  ['as a value', '{ "key": operator-key-in-the-wrong-file }'],
  ['far into it', `{ "key": "${'x'.repeat(200)}", operator-key-in-the-wrong-file, "${'y'.repeat(200)}": 1 }`],
])('what stands in a wrong file, %s, is not quoted', async (_where, text) => {
  const error: unknown = await readPolicy(await fileWith(text)).catch((reason: unknown) => reason);

  expect(error).toBeInstanceOf(UnusablePolicy);
  for (let link = error; link instanceof Error; link = link.cause) {
    expect(link.message).not.toMatch(/operator-k/);
  }
});

test('every problem of a policy is named, with where it stands', () => {
  const lines = problemsOf({
    activationLifetimeMinutes: 2_000,
    nets: [],
    instanceIdentity: { accounts: ['12345'], regions: [], maxAgeMinutes: 0 },
    joinTokens: { name: ['*'] },
    network: [{ cidrs: ['10.0.0.0/33'], names: [''] }],
    oidc: [{ name: 'Gitlab CI', issuer: 'gitlab', audience: '', requiredClaims: {} }],
  }).split('\n');

  for (const path of [
    'activationLifetimeMinutes: ',
    'policy: Unrecognized key: "nets"',
    'instanceIdentity.accounts.0: must be an account id of 12 digits',
    'instanceIdentity.regions: ',
    'instanceIdentity.maxAgeMinutes: ',
    'joinTokens: Unrecognized key: "name"',
    'network.0.cidrs.0: must be a block of addresses',
    'network.0.names.0: ',
    'oidc.0.name: ',
    'oidc.0.issuer: ',
    'oidc.0.audience: ',
    'oidc.0.nameClaim: ',
    'oidc.0.requiredClaims: name at least one claim',
  ]) {
    expect(
      lines.some((line) => line.startsWith(`  ${path}`)),
      path,
    ).toBe(true);
  }
});

const RULES = { network: [{ cidrs: ['10.0.0.0/8'], names: ['*'] }] };

test.each([
  ['a policy that is a list', [], /policy: .*object/],
  ['a rule of the network without names', { network: [{ cidrs: ['10.0.0.0/8'] }] }, /network\.0\.names/],
  [
    'a rule of the network without addresses',
    { network: [{ cidrs: [], names: ['*'] }] },
    /network\.0\.cidrs/,
  ],
  ['an activation that lives for longer than a day', { activationLifetimeMinutes: 1_441 }, /Minutes/],
  ['an activation that never lives', { activationLifetimeMinutes: 0 }, /activationLifetimeMinutes/],
  [
    'instance identities of no account',
    { instanceIdentity: { accounts: [], regions: ['eu-west-1'] } },
    /accounts/,
  ],
  ['all accounts', { instanceIdentity: { accounts: ['*'], regions: ['eu-west-1'] } }, /accounts\.0/],
  ['all regions', { instanceIdentity: { accounts: ['123456789012'], regions: ['*'] } }, /regions\.0/],
  ['an address that is no block', { network: [{ cidrs: ['10.0.0.1'], names: ['*'] }] }, /cidrs\.0/],
  ['a tag that SSM reserves', tags({ fixed: { 'aws:x': 'y' } }), /tags\.fixed/],
  ['a tag value that SSM refuses', tags({ fixed: { x: '!' } }), /tags\.fixed\.x/],
  ['a required tag of no name', tags({ required: [''] }), /tags\.required\.0/],
  ['an allowed tag of no values', tags({ allowed: { Role: [] } }), /tags\.allowed\.Role/],
  ['a tag rule that is no rule', tags({ allow: {} }), /tags: Unrecognized key: "allow"/],
])('%s is refused', (_what, policy, problem) => {
  expect(problemsOf(policy)).toMatch(problem);
});

function tags(rules: object): object {
  return { network: [{ cidrs: ['10.0.0.0/8'], names: ['*'], tags: rules }] };
}

test('two providers of one name are refused', () => {
  const provider = {
    name: 'gce',
    issuer: 'https://accounts.google.com',
    audience: 'ssm-activation',
    nameClaim: 'sub',
    requiredClaims: { sub: ['*'] },
  };

  expect(problemsOf({ ...RULES, oidc: [provider, provider] })).toMatch(/oidc: .*name of its own/);
});
