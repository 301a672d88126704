import { Policy } from '../../src/policy/policy.ts';
import { testAuthority } from '../identity/instance-identity/authority.ts';
import { documentFields } from '../identity/instance-identity/documents.ts';
import { signDocument } from '../identity/instance-identity/sign.ts';

/** What a caller shows of itself: headers, and the address that it calls from. */
export interface Credentials {
  readonly headers?: Readonly<Record<string, string>>;
  readonly remoteAddress?: string;
}

export const ACCOUNT = '123456789012';
export const INSTANCE = 'i-0abcdef0123456789';

/** Stands in for AWS in us-west-2; making its key takes long, the tests of a file share it. */
const authority = testAuthority();

/** The identity document of an instance, on one line; its account, its id or its pendingTime may be another's. */
export const documentOf = (overrides: Readonly<Record<string, unknown>> = {}): string =>
  signDocument(documentFields(overrides), authority.privateKey).replaceAll('\n', '');

export const withDocument = (document: string): Credentials => ({
  headers: { 'x-instance-identity': document },
});

/** EC2's pendingTime has no fractions of a second. */
export const pendingAt = (time: Date): { pendingTime: string } => ({
  pendingTime: time.toISOString().replace('.000Z', 'Z'),
});

export const withToken = (token: string, remoteAddress = '192.0.2.7'): Credentials => ({
  headers: { authorization: `Bearer ${token}` },
  remoteAddress,
});

export const fromNetwork = (remoteAddress = '10.0.0.7'): Credentials => ({ remoteAddress });

/** Takes each kind of proof; every kind may have the names `web-*`, and set the tag Role. */
export const POLICY = Policy.parse({
  instanceIdentity: {
    accounts: [ACCOUNT],
    regions: ['us-west-2'],
    names: ['web-*'],
    certificates: { 'us-west-2': authority.certificate },
    tags: { fixed: { Source: 'ec2' }, allowed: { Role: ['web', 'db-*'] } },
  },
  joinTokens: { tags: { fixed: { Source: 'token' }, allowed: { Role: ['web', 'db-*'] } } },
  network: [{ cidrs: ['10.0.0.0/8'], names: ['web-*', 'i-*'], tags: { allowed: { Role: ['web', 'db-*'] } } }],
});
