import {
  AccountNotAllowed,
  IdentityExpired,
  IdentityNotYetValid,
  InvalidIdentity,
  RegionNotAllowed,
} from '../activation/errors.ts';
import { InstanceName } from '../activation/instance-name.ts';
import type { Principal } from '../activation/principal.ts';
import type { InstanceIdentityPolicy } from '../policy/policy.ts';
import { certificateBook } from './instance-identity/certificates.ts';
import type { InstanceIdentityDocument } from './instance-identity/document.ts';
import { FAULTS, type Fault } from './instance-identity/faults.ts';
import { verifyInstanceIdentity } from './instance-identity/verify.ts';
import type { IdentityProof } from './proof.ts';

const MINUTE_MS = 60_000;
/** A document is not taken from further in the future than clocks differ. */
const MOST_AHEAD_MS = MINUTE_MS;

const SIGNATURE_FAULTS: readonly Fault[] = ['DigestMismatch', 'UnknownRegion', 'SignatureMismatch'];

/** What a document is, for the dry run; account, region and age are looked at only once it is genuine. */
const CHECKS = ['Message', 'Signature', 'Account', 'Region', 'Age'] as const;

/** The EC2 instance identity document, in its `rsa2048` form. */
export const createInstanceIdentityProof = (
  policy: InstanceIdentityPolicy,
  lifetimeMs: number,
): IdentityProof => {
  const book = certificateBook(policy.certificates);
  return {
    checks: CHECKS,
    isIn: ({ instanceIdentity }) => instanceIdentity !== undefined,
    examine: async ({ instanceIdentity = '' }, at, trail) => {
      const verification = verifyInstanceIdentity(instanceIdentity, book);
      if (!verification.genuine) {
        const inSignature = SIGNATURE_FAULTS.includes(verification.fault);
        if (inSignature) trail.pass('Message', 'It is a CMS message of the rsa2048 form.');
        throw trail.fail(
          inSignature ? 'Signature' : 'Message',
          new InvalidIdentity(),
          FAULTS[verification.fault],
        );
      }
      const { document } = verification;
      const { accountId, instanceId, region, pendingTime } = document;
      trail.pass('Message', 'It is a CMS message of the rsa2048 form.');
      trail.pass('Signature', `AWS signed it for ${region}.`);
      const principal: Principal = {
        proof: 'instance-identity',
        subject: `${accountId}/${instanceId}`,
        madeAt: pendingTime,
        mayRejoin: false,
      };
      trail.identify(principal);

      if (!policy.accounts.includes(accountId)) {
        throw trail.fail('Account', new AccountNotAllowed(`Policy does not let in account ${accountId}.`));
      }
      trail.pass('Account', accountId);
      if (!policy.regions.includes(region)) {
        throw trail.fail('Region', new RegionNotAllowed(`Policy does not let in region ${region}.`));
      }
      trail.pass('Region', region);
      if (pendingTime.getTime() - at.getTime() > MOST_AHEAD_MS) {
        const detail = `The document's pendingTime, ${pendingTime.toISOString()}, is in the future: check the clocks.`;
        throw trail.fail('Age', new IdentityNotYetValid(detail));
      }
      const expired = expiry(document, policy.maxAgeMinutes, at);
      if (expired) trail.fail('Age', expired);
      else trail.pass('Age', `Its pendingTime is ${pendingTime.toISOString()}.`);

      const name = InstanceName.parse(instanceId);
      return {
        principal,
        names: { proven: name, patterns: policy.names, ec2InstanceId: name, ec2NamesReserved: true },
        tags: policy.tags,
        lifetimeMs,
        expired,
      };
    },
  };
};

const expiry = (
  { pendingTime }: InstanceIdentityDocument,
  maxAgeMinutes: number,
  at: Date,
): IdentityExpired | undefined => {
  if (at.getTime() - pendingTime.getTime() <= maxAgeMinutes * MINUTE_MS) return undefined;
  return new IdentityExpired(
    `The document's pendingTime is ${pendingTime.toISOString()}, more than ${maxAgeMinutes} minutes ago; stopping and starting the instance renews it.`,
  );
};
