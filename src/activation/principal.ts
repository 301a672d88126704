import * as z from 'zod';
import { Instant } from './instant.ts';

/** How a caller can prove who it is; `adopted` is nobody's proof, for nodes that reconciling took over. */
export const ProofKind = z.enum(['instance-identity', 'join-token', 'oidc', 'network', 'adopted']);
export type ProofKind = z.infer<typeof ProofKind>;

/**
 * Who is calling, as a proof showed it.
 * `subject` names the caller in events (an instance id, a token id, a claim, an address); it is never a secret.
 * `madeAt` is when the proof itself was made: an EC2 document's pendingTime, a token's creation. A network address has none.
 * `mayRejoin` says that the proof lets a silent machine register again although nothing about it is newer.
 */
export const Principal = z.lazy(() =>
  z.object({
    proof: ProofKind,
    subject: z.string(),
    madeAt: Instant.optional(),
    mayRejoin: z.boolean(),
  }),
);
export type Principal = z.infer<typeof Principal>;

/** Whether this proof shows a later life of the machine than the one its node was registered under. */
export const isFresherThan = (proof: Principal, earlier: Principal): boolean =>
  proof.mayRejoin ||
  (proof.madeAt !== undefined && earlier.madeAt !== undefined && proof.madeAt > earlier.madeAt);

/**
 * Whether a name that one proof registered is within the reach of another: it must be of the same kind, and of the same
 * issuer, whose name an OpenID Connect subject begins with.
 */
export const isSameKind = (earlier: Principal, proof: Principal): boolean =>
  earlier.proof === proof.proof && (proof.proof !== 'oidc' || issuerOf(earlier) === issuerOf(proof));

const issuerOf = ({ subject }: Principal): string => subject.slice(0, subject.indexOf('/'));

/** Whether a proof speaks for the same caller as an earlier one. An address is no lasting identity: its kind must do. */
export const isSameCaller = (earlier: Principal, proof: Principal): boolean =>
  earlier.proof === proof.proof && (proof.proof === 'network' || earlier.subject === proof.subject);
