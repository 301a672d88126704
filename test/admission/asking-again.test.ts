import { describe, expect, test } from 'vitest';
import { InstanceName } from '../../src/activation/instance-name.ts';
import type { AppContext } from '../../src/http/app-context.ts';
import { createNetworkProof } from '../../src/identity/network-proof.ts';
import type { IdentityProof } from '../../src/identity/proof.ts';
import {
  type Credentials,
  documentOf,
  fromNetwork,
  POLICY,
  pendingAt,
  withDocument,
  withToken,
} from './credentials.ts';
import { type Answered, type Fleet, startFleet } from './fleet.ts';

const MINUTE_MS = 60_000;
const LIFETIME_MS = 60 * MINUTE_MS;
/** An agent silent for longer is ConnectionLost. */
const SILENT_MS = 11 * MINUTE_MS;

/** Stands for any OpenID Connect token: what counts here is when it was issued. */
const oidc: IdentityProof = {
  checks: [],
  isIn: ({ authorization }) => authorization?.startsWith('Bearer issued ') ?? false,
  examine: async ({ authorization = '' }) => ({
    principal: {
      proof: 'oidc',
      subject: 'gce/web-1',
      madeAt: new Date(authorization.slice('Bearer issued '.length)),
      mayRejoin: false,
    },
    names: { proven: InstanceName.parse('web-1'), patterns: [], ec2NamesReserved: true },
    tags: { fixed: {}, allowed: {}, required: [] },
    lifetimeMs: LIFETIME_MS,
  }),
};

interface ProofCase {
  readonly proof: string;
  /** A proof made at this moment, for the same machine each time. */
  make(fleet: Fleet): Promise<Credentials>;
  /** What a silent node's name answers to the proof that it registered under, an older one, and one made later. */
  /** Where the service does not take it by itself yet. */
  readonly changes?: Partial<AppContext>;
  /** Another kind of proof that policy lets have the name. */
  readonly other?: Credentials;
  readonly toSilent: { readonly same: number; readonly older: number; readonly fresher: number };
}

const CASES: readonly ProofCase[] = [
  {
    proof: 'an EC2 document',
    make: async ({ clock }) => withDocument(documentOf(pendingAt(clock.now()))),
    toSilent: { same: 409, older: 409, fresher: 200 },
  },
  {
    proof: 'a join token',
    make: async (fleet) => withToken((await fleet.makeToken()).token),
    toSilent: { same: 409, older: 409, fresher: 200 },
  },
  {
    proof: 'a join token that allows re-joining',
    make: async (fleet) => withToken((await fleet.makeToken({ rejoin: true })).token),
    toSilent: { same: 200, older: 200, fresher: 200 },
  },
  {
    proof: 'an OpenID Connect token',
    changes: {
      proofs: [
        oidc,
        createNetworkProof({ rules: POLICY.network, lifetimeMs: () => LIFETIME_MS, ec2NamesReserved: true }),
      ],
    },
    make: async ({ clock }) => ({ headers: { authorization: `Bearer issued ${clock.now().toISOString()}` } }),
    toSilent: { same: 409, older: 409, fresher: 200 },
  },
  {
    proof: 'an address',
    make: async () => fromNetwork(),
    other: withDocument(documentOf()),
    toSilent: { same: 409, older: 409, fresher: 409 },
  },
];

const SAME = 'the proof that it registered under';

describe.each(CASES)('with $proof, a name', ({ make, changes = {}, other = fromNetwork(), toSilent }) => {
  const start = async () => {
    const fleet = await startFleet(POLICY, changes);
    const ask = (credentials: Credentials) => fleet.call('/activate?name=web-1', credentials);
    return { ...fleet, ask };
  };
  /** A machine that registered; an older and a fresher proof of it were made before and after. */
  const startRegistered = async () => {
    const fleet = await start();
    const older = await make(fleet);
    fleet.clock.advance(MINUTE_MS);
    const credentials = await make(fleet);
    const { id, ping } = await fleet.register(await fleet.ask(credentials));
    await fleet.sweepAfter(MINUTE_MS);
    return { ...fleet, older, credentials, id, ping };
  };
  const startOnline = async () => {
    const fleet = await startRegistered();
    await fleet.ping();
    await fleet.sweepAfter(MINUTE_MS);
    return fleet;
  };

  test('never seen is issued', async () => {
    const fleet = await start();

    expect(await fleet.ask(await make(fleet))).toMatchObject({ status: 200, body: { Name: 'web-1' } });
  });

  test('whose activation expired is issued', async () => {
    const fleet = await start();
    await fleet.ask(await make(fleet));
    await fleet.sweepAfter(2 * 60 * MINUTE_MS);

    expect(await fleet.ask(await make(fleet))).toMatchObject({ status: 200 });
  });

  test('whose activation an operator revoked is issued', async () => {
    const fleet = await start();
    const credentials = await make(fleet);
    await fleet.ask(credentials);
    await fleet.operate('DELETE', '/nodes/web-1');

    expect(await fleet.ask(credentials)).toMatchObject({ status: 200 });
  });

  test('whose node an operator deregistered is issued', async () => {
    const { ask, operate, credentials } = await startOnline();
    await operate('DELETE', '/nodes/web-1');

    expect(await ask(credentials)).toMatchObject({ status: 200 });
  });

  test('issued and not registered is issued anew, and the earlier activation is deleted', async () => {
    const fleet = await start();
    const credentials = await make(fleet);
    const first = await fleet.ask(credentials);

    const second = await fleet.ask(credentials);

    expect(await fleet.usable()).toEqual([second.body['ActivationId']]);
    await expect(fleet.register(first)).rejects.toThrow();
    await expect(fleet.register(second)).resolves.toBeDefined();
  });

  test('registered by a node that was never Online is issued anew, and that node makes way', async () => {
    const { ask, register, sweepAfter, nodeIds, credentials, id } = await startRegistered();

    const again = await ask(credentials);

    expect(again.status).toBe(200);
    expect(await nodeIds()).toEqual([id]);
    const { id: replacement } = await register(again);
    await sweepAfter(MINUTE_MS);
    expect(await nodeIds()).toEqual([replacement]);
  });

  test.each([
    [SAME, toSilent.same, 'credentials'],
    ['an older proof', toSilent.older, 'older'],
  ] as const)(`of a silent node answers ${'%s'} with %i`, async (_which, status, which) => {
    const fleet = await startOnline();
    fleet.clock.advance(SILENT_MS);

    expectAnswer(await fleet.ask(fleet[which]), status, fleet.id);
  });

  test(`of a silent node answers a fresher proof with ${toSilent.fresher}`, async () => {
    const fleet = await startOnline();
    fleet.clock.advance(SILENT_MS);

    expectAnswer(await fleet.ask(await make(fleet)), toSilent.fresher, fleet.id);
  });

  test('of a node that is Online answers a fresher proof with 409', async () => {
    const fleet = await startOnline();

    expectAnswer(await fleet.ask(await make(fleet)), 409, fleet.id);
  });

  test('that was released is issued once, and the node that had it makes way', async () => {
    const fleet = await startOnline();
    const { ask, operate, register, sweepAfter, nodeIds, credentials, id } = fleet;
    await operate('POST', `/nodes/${id}/release`);

    const again = await ask(credentials);

    expect(again.status).toBe(200);
    const replacement = await register(again);
    await replacement.ping();
    await sweepAfter(MINUTE_MS);
    expect(await nodeIds()).toEqual([replacement.id]);
    expectAnswer(await ask(credentials), 409, replacement.id);
  });

  test.each([
    ['is Online', 0],
    ['is silent', SILENT_MS],
  ])('of a node that %s does not go to another kind of proof', async (_state, silence) => {
    const fleet = await startOnline();
    fleet.clock.advance(silence);

    const answer = await fleet.ask(other);

    expect(answer).toMatchObject({ status: 403, body: { code: 'NameHeldByOtherProof' } });
  });
});

const expectAnswer = ({ status, body }: Answered, expected: number, node: string): void => {
  expect(status).toBe(expected);
  if (expected !== 409) return;
  expect(body['code']).toBe('AlreadyRegistered');
  expect(body['detail']).toContain(node);
};
