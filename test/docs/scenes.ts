/** What there is when a page begins. A page that is not named here has a local server as `npm start` runs it. */
import { randomUUID } from 'node:crypto';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import { LOCAL_POLICY } from '../../src/policy/local-policy.ts';
import { parsePolicy } from '../../src/policy/read-policy.ts';
import { startEc2Metadata } from '../bootstrap/metadata-service.ts';
import { testAuthority } from '../identity/instance-identity/authority.ts';
import { withCdk } from './cdk.ts';
import type { Step } from './page.ts';
import type { Place } from './place.ts';
import { startLocally, startOnAws } from './services.ts';
import { startTokenIssuers } from './token-issuers.ts';

type Scene = (steps: readonly Step[]) => Promise<Place>;

/** The region and the account of the identity documents that the metadata service gives out. */
const REGION = 'us-west-2';
const ACCOUNT = '123456789012';

/** The policy that the page saves as `policy.json`. */
const policyOn = (steps: readonly Step[]) => {
  const saved = steps.find((step) => step.does === 'save' && step.name === 'policy.json');
  if (!saved) throw new Error('the page saves no policy.json');
  return parsePolicy(saved.text);
};

/** An EC2 instance, and a policy that also knows the key of who signs its documents here. */
const onEc2 =
  (policyOf: (steps: readonly Step[]) => ReturnType<typeof policyOn>): Scene =>
  async (steps) => {
    const authority = testAuthority();
    const metadata = await startEc2Metadata(authority);
    onTestFinished(() => metadata.close());
    const policy = policyOf(steps);
    const certificates = { [REGION]: authority.certificate };
    const known = { ...policy, instanceIdentity: { ...policy.instanceIdentity, certificates } };
    return startLocally(known, metadata.url);
  };

const SCENES: Readonly<Record<string, Scene>> = {
  'README.md': async (steps) =>
    withCdk(
      await onEc2(() => {
        const ec2 = { accounts: [ACCOUNT], regions: [REGION], tags: { allowed: { Role: ['*'] } } };
        return parsePolicy(JSON.stringify({ ...LOCAL_POLICY, instanceIdentity: ec2 }));
      })(steps),
      true,
    ),
  'infra/README.md': async () => withCdk(await startLocally(), false),
  'docs/proofs/ec2.md': onEc2(policyOn),
  'docs/proofs/join-token.md': async (steps) => startLocally(policyOn(steps)),
  'docs/proofs/network.md': async (steps) => startLocally(policyOn(steps)),
  'docs/proofs/oidc.md': async (steps) => {
    const texts = steps.flatMap((step) =>
      step.does === 'read' && step.language === 'json' ? [step.text] : [],
    );
    const { policy, metadataUrl, podToken, env } = await startTokenIssuers(texts.map(parsePolicy));
    const place = await startLocally(policy, metadataUrl);
    await writeFile(join(place.home, 'token'), podToken);
    return { ...place, env: { ...place.env, ...env } };
  },
  /**
   * A fleet in which web-1 and web-2 are online and lab-1 has not used its activation; and of which the ledger does
   * not know the node web-9 and an activation for web-8. What the service was deployed with is in cdk.context.json.
   */
  'docs/operating.md': async () => {
    const { aws, place } = await startOnAws({
      ...LOCAL_POLICY,
      network: [{ cidrs: ['127.0.0.0/8'], names: ['*'] }],
    });
    for (const name of ['web-1', 'web-2', 'lab-1']) {
      const answer = await fetch(`${place.url}/activate?name=${name}`);
      const { ActivationId, ActivationCode } = Object(await answer.json());
      if (name === 'lab-1') continue;
      const machine = aws.machine(name);
      await machine.register({ activationId: String(ActivationId), activationCode: String(ActivationCode) });
      await machine.ping();
    }
    const strange = aws.machine('web-9');
    await strange.register(await aws.activate({ DefaultInstanceName: 'web-9' }));
    const Description = `ssm-activation-api attempt ${randomUUID()}`;
    await aws.activate({ DefaultInstanceName: 'web-8', Description });
    const context = { exposure: 'public', allowedCidrs: ['203.0.113.0/24'], policyFile: 'policy.json' };
    await writeFile(join(place.home, 'cdk.context.json'), JSON.stringify(context));
    return withCdk(place, true);
  },
  /** A fleet as it was before: two machines registered by hand, two with one activation for all. */
  'docs/migration.md': async () => {
    const { aws, place } = await startOnAws(LOCAL_POLICY);
    const shared = await aws.activate({ DefaultInstanceName: 'fleet', RegistrationLimit: 10 });
    for (const [name, activation] of [
      ['host-1', await aws.activate({ DefaultInstanceName: 'host-1' })],
      ['host-2', await aws.activate({ DefaultInstanceName: 'host-2' })],
      ['app-1', shared],
      ['app-2', shared],
    ] as const) {
      const machine = aws.machine(name);
      await machine.register(activation);
      await machine.ping();
    }
    return place;
  },
};

export const setScene = async (page: string, steps: readonly Step[]): Promise<Place> =>
  (SCENES[page] ?? (() => startLocally()))(steps);
