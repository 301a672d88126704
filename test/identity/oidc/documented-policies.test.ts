import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Claims } from '../../../src/identity/oidc/claims.ts';
import { parsePolicy } from '../../../src/policy/read-policy.ts';
import { AUDIENCE, examine, NOW_SECONDS, proofWith } from './examination.ts';
import { newKey, type SigningKey, sign, TestIssuer } from './issuer.ts';

const DOCUMENT = readFileSync(new URL('../../../docs/proofs/oidc.md', import.meta.url), 'utf8');

const policies = [...DOCUMENT.matchAll(/^```json\n(.*?)^```$/gms)].map(([, text = '']) => parsePolicy(text));

const documented = (name: string) => {
  const found = policies.flatMap(({ oidc }) => oidc).find((provider) => provider.name === name);
  if (!found) throw new Error(`the document has no provider ${name}`);
  return found;
};

const TENANT = '11111111-2222-3333-4444-555555555555';
const MACHINES = '/subscriptions/66666666-7777-8888-9999-000000000000/resourcegroups/web/providers';
const times = { iat: NOW_SECONDS - 5, nbf: NOW_SECONDS - 5, exp: NOW_SECONDS + 3595 };

/** Claims as the clouds issue them. */
const GOOGLE: Claims = {
  ...times,
  iss: 'https://accounts.google.com',
  aud: AUDIENCE,
  azp: '106979834567890123456',
  sub: '106979834567890123456',
  email: '1234567890-compute@developer.gserviceaccount.com',
  email_verified: true,
  google: {
    compute_engine: {
      instance_creation_timestamp: NOW_SECONDS - 60,
      instance_id: '152986662232938449',
      instance_name: 'web-1',
      project_id: 'my-project',
      project_number: 739419398126,
      zone: 'europe-west1-b',
    },
  },
};
const AZURE: Claims = {
  ...times,
  iss: `https://sts.windows.net/${TENANT}/`,
  aud: 'api://ssm-activation',
  appid: '0f2d4b6e-0000-0000-0000-000000000001',
  appidacr: '2',
  idp: `https://sts.windows.net/${TENANT}/`,
  idtyp: 'app',
  oid: '0f2d4b6e-0000-0000-0000-000000000002',
  sub: '0f2d4b6e-0000-0000-0000-000000000002',
  tid: TENANT,
  ver: '1.0',
  xms_mirid: `${MACHINES}/Microsoft.Compute/virtualMachines/web-1`,
};
const KUBERNETES: Claims = {
  ...times,
  iss: 'https://kubernetes.default.svc.cluster.local',
  aud: [AUDIENCE],
  jti: '0f2d4b6e-0000-0000-0000-000000000003',
  sub: 'system:serviceaccount:kube-system:ssm-activation',
  'kubernetes.io': {
    namespace: 'kube-system',
    node: { name: 'worker-1', uid: '0f2d4b6e-0000-0000-0000-000000000004' },
    pod: { name: 'ssm-activation-x7k2p', uid: '0f2d4b6e-0000-0000-0000-000000000005' },
    serviceaccount: { name: 'ssm-activation', uid: '0f2d4b6e-0000-0000-0000-000000000006' },
  },
};
const GITHUB: Claims = {
  ...times,
  iss: 'https://token.actions.githubusercontent.com',
  aud: AUDIENCE,
  sub: 'repo:my-org/my-repository:ref:refs/heads/main',
  ref: 'refs/heads/main',
  sha: '0123456789abcdef0123456789abcdef01234567',
  repository: 'my-org/my-repository',
  run_id: '8273645',
};

let key: SigningKey;
let issuer: TestIssuer;

beforeAll(async () => {
  key = await newKey('k1', 'RS256');
  issuer = await TestIssuer.start(key);
});
afterAll(() => issuer.down());

/** Looked at under the documented policy, with the cloud's addresses answered from loopback. */
const examined = async (name: string, claims: Claims) => {
  const provider = documented(name);
  const proof = proofWith([provider], {
    fetch: async (url, init) => {
      const discovery = `${provider.issuer.replace(/\/$/, '')}/.well-known/openid-configuration`;
      if (url !== discovery) return fetch(`${issuer.url}/keys`, init);
      return Response.json({ issuer: provider.issuer, jwks_uri: 'https://keys.example.com/v3/certs' });
    },
  });
  return examine(proof, await sign(key, claims));
};

const within = (claims: Claims, name: string, more: Claims): Claims => ({
  ...claims,
  [name]: { ...Object(claims[name]), ...more },
});

describe('the documented policies', () => {
  it('are valid', () => {
    expect(policies.flatMap(({ oidc }) => oidc.map(({ name }) => name))).toEqual([
      'gce',
      'azure',
      'kubernetes',
      'github',
    ]);
  });

  it.each<[string, Claims, string, Claims]>([
    ['gce', GOOGLE, 'web-1', { GceInstanceId: '152986662232938449', Zone: 'europe-west1-b' }],
    [
      'azure',
      AZURE,
      `${MACHINES}/Microsoft.Compute/virtualMachines/web-1`,
      { AzureTenant: TENANT, AzureObjectId: '0f2d4b6e-0000-0000-0000-000000000002' },
    ],
    ['kubernetes', KUBERNETES, 'worker-1', { KubernetesNodeUid: '0f2d4b6e-0000-0000-0000-000000000004' }],
    [
      'github',
      GITHUB,
      '8273645',
      { Repository: 'my-org/my-repository', Commit: '0123456789abcdef0123456789abcdef01234567' },
    ],
  ])('let in a machine of %s under its name, with its tags', async (name, claims, machine, tags) => {
    const { proven, failed } = await examined(name, claims);

    expect(failed).toBeUndefined();
    expect(proven?.names.proven).toBe(machine);
    expect(proven?.tags.fixed).toEqual(tags);
  });

  it.each<[string, string, Claims]>([
    ['a Google user or service account', 'gce', { ...GOOGLE, google: undefined }],
    [
      "an instance of someone else's project",
      'gce',
      { ...GOOGLE, google: { compute_engine: { project_id: 'their-project', instance_name: 'web-1' } } },
    ],
    [
      'a user-assigned identity, which machines may share',
      'azure',
      { ...AZURE, xms_mirid: `${MACHINES}/Microsoft.ManagedIdentity/userAssignedIdentities/web` },
    ],
    [
      'a machine of another subscription',
      'azure',
      {
        ...AZURE,
        xms_mirid: '/subscriptions/x/resourcegroups/web/providers/Microsoft.Compute/virtualMachines/web-1',
      },
    ],
    ['an Azure user', 'azure', { ...AZURE, xms_mirid: undefined }],
    [
      'another service account',
      'kubernetes',
      within(KUBERNETES, 'kubernetes.io', { serviceaccount: { name: 'default' } }),
    ],
    ['another namespace', 'kubernetes', within(KUBERNETES, 'kubernetes.io', { namespace: 'default' })],
    [
      'a token that is bound to no node',
      'kubernetes',
      within(KUBERNETES, 'kubernetes.io', { node: undefined }),
    ],
    ['another repository', 'github', { ...GITHUB, repository: 'their-org/my-repository' }],
    ['another branch', 'github', { ...GITHUB, ref: 'refs/pull/1/merge' }],
  ])('do not let in %s', async (_, name, claims) => {
    expect((await examined(name, claims)).error?.code).toBe('ClaimNotAllowed');
  });

  it.each([
    ['gce', GOOGLE],
    ['azure', AZURE],
    ['kubernetes', KUBERNETES],
    ['github', GITHUB],
  ])('do not let in a token of %s for another service', async (name, claims) => {
    const { error, failed } = await examined(name, { ...claims, aud: 'https://other.example.com' });

    expect(error?.code).toBe('InvalidIdentity');
    expect(failed?.check).toBe('Audience');
  });
});
