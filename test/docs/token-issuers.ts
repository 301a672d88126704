/** The issuers of docs/proofs/oidc.md, and what hands out their tokens to machines. */
import { createServer } from 'node:http';
import { onTestFinished } from 'vitest';
import type { Claims } from '../../src/identity/oidc/claims.ts';
import type { Policy } from '../../src/policy/policy.ts';
import { listen } from '../bootstrap/listener.ts';
import { newKey, sign, TestIssuer } from '../identity/oidc/issuer.ts';

const MACHINE =
  '/subscriptions/66666666-7777-8888-9999-000000000000/resourcegroups/web/providers/Microsoft.Compute/virtualMachines/web-1';

/** What each provider says of one of its machines, by the name that its policy has. */
const CLAIMS: Readonly<Record<string, Claims>> = {
  gce: {
    google: {
      compute_engine: {
        project_id: 'my-project',
        instance_name: 'web-1',
        instance_id: '15298666',
        zone: 'europe-west1-b',
      },
    },
  },
  azure: {
    xms_mirid: MACHINE,
    tid: '11111111-2222-3333-4444-555555555555',
    oid: '0f2d4b6e-0000-0000-0000-000000000002',
  },
  kubernetes: {
    'kubernetes.io': {
      namespace: 'kube-system',
      node: { name: 'worker-1', uid: '0f2d4b6e-0000-0000-0000-000000000004' },
      serviceaccount: { name: 'ssm-activation' },
    },
  },
  github: {
    repository: 'my-org/my-repository',
    ref: 'refs/heads/main',
    sha: '0123456789abcdef',
    run_id: '8273645',
  },
};

/** The documented providers in one policy, each with an issuer of its own on loopback. */
export const startTokenIssuers = async (documented: readonly Policy[]) => {
  const key = await newKey('k1');
  const issuedAt = Math.floor(Date.now() / 1000);
  const providers = await Promise.all(
    documented
      .flatMap(({ oidc }) => oidc)
      .map(async (provider) => {
        const issuer = await TestIssuer.start(key);
        onTestFinished(() => issuer.down());
        const times = { iat: issuedAt, exp: issuedAt + 600 };
        const claims = { ...times, iss: issuer.url, aud: provider.audience, ...CLAIMS[provider.name] };
        return {
          policy: { ...provider, issuer: issuer.url, jwksUri: undefined },
          token: await sign(key, claims),
        };
      }),
  );
  const tokenOf = (name: string) => providers.find(({ policy }) => policy.name === name)?.token ?? '';
  const metadata = await listen(
    createServer(({ url = '' }, response) => {
      if (url.startsWith('/computeMetadata/')) response.end(tokenOf('gce'));
      else if (url.startsWith('/metadata/identity/'))
        response.end(JSON.stringify({ access_token: tokenOf('azure') }));
      else if (url.startsWith('/actions?'))
        response.end(JSON.stringify({ count: 1, value: tokenOf('github') }));
      else response.writeHead(404).end();
    }),
  );
  onTestFinished(() => metadata.close());
  return {
    policy: { oidc: providers.map(({ policy }) => policy) },
    metadataUrl: metadata.url,
    podToken: tokenOf('kubernetes'),
    env: {
      ACTIONS_ID_TOKEN_REQUEST_TOKEN: 'token-of-the-job',
      ACTIONS_ID_TOKEN_REQUEST_URL: `${metadata.url}/actions?api-version=1`,
    },
  };
};
