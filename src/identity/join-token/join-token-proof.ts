import type { Clock } from '../../activation/clock.ts';
import {
  AddressNotAllowed,
  IdentityExpired,
  InvalidIdentity,
  TokenExhausted,
  TokenRevoked,
} from '../../activation/errors.ts';
import type { InstanceName } from '../../activation/instance-name.ts';
import type { Principal } from '../../activation/principal.ts';
import { addressBlocks } from '../../policy/address-blocks.ts';
import type { JoinTokenPolicy } from '../../policy/policy.ts';
import { fixedTags } from '../../policy/tag-rules.ts';
import type { IdentityProof } from '../proof.ts';
import { isSecretOf, type JoinToken, looksLikeJoinToken, parseJoinToken, roomFor } from './join-token.ts';
import type { JoinTokensFor } from './join-tokens.ts';

const CHECKS = ['Token', 'Secret', 'Revocation', 'Expiry', 'Address'] as const;

export interface JoinTokenProofOptions {
  readonly policy: JoinTokenPolicy;
  readonly tokens: JoinTokensFor;
  readonly clock: Clock;
  readonly lifetimeMs: number;
  readonly ec2NamesReserved: boolean;
}

/** A token that an operator made for some machines. Whoever holds it is what its creator bound it to. */
export const createJoinTokenProof = (options: JoinTokenProofOptions): IdentityProof => {
  const { policy, clock, lifetimeMs, ec2NamesReserved } = options;
  return {
    checks: CHECKS,
    isIn: ({ authorization }) => looksLikeJoinToken(authorization),
    examine: async ({ authorization, sourceIp }, at, trail, task) => {
      const tokens = options.tokens(task);
      const given = parseJoinToken(authorization);
      if (!given)
        throw trail.fail('Token', new InvalidIdentity(), 'It is not of the form ssmj_<id>_<secret>.');
      const token = await tokens.read(given.id);
      const isGenuine = isSecretOf(token, given.secret);
      if (!token) throw trail.fail('Token', new InvalidIdentity(), `There is no token ${given.id}.`);
      trail.pass('Token', token.id);
      if (!isGenuine)
        throw trail.fail('Secret', new InvalidIdentity(), 'It is not the secret of this token.');
      trail.pass('Secret', 'It is the secret of this token.');
      const principal: Principal = {
        proof: 'join-token',
        subject: token.id,
        madeAt: token.createdAt,
        mayRejoin: token.rejoin,
      };
      trail.identify(principal);

      const refusal = refusalOf(token, at);
      if (refusal instanceof TokenRevoked) throw trail.fail('Revocation', refusal);
      trail.pass('Revocation', 'It is not revoked.');
      if (refusal) throw trail.fail('Expiry', refusal);
      trail.pass('Expiry', `It expires at ${token.expiresAt.toISOString()}.`);
      if (token.cidrs.length > 0 && !addressBlocks(token.cidrs)(sourceIp)) {
        throw trail.fail(
          'Address',
          new AddressNotAllowed(`Token ${token.id} is not for the address ${sourceIp}.`),
        );
      }
      trail.pass('Address', sourceIp);

      return {
        principal,
        names: { patterns: [token.namePattern], within: policy.names, ec2NamesReserved },
        tags: { ...policy.tags, fixed: fixedTags(token.tags, policy.tags.fixed) },
        lifetimeMs,
        hasRoomFor: (name) => roomFor(token, name) === 'room',
        confirm: async () => {
          const current = await tokens.read(token.id);
          const ended = current ? refusalOf(current, clock()) : new InvalidIdentity();
          if (ended) throw ended;
        },
        admit: async (name) => {
          const counted = await tokens.countName(token.id, name, clock());
          if (counted === 'refused') throw exhausted(token, name);
        },
      };
    },
  };
};

/** Why a genuine token lets nobody in any more. */
const refusalOf = (
  { id, revokedAt, expiresAt }: JoinToken,
  at: Date,
): TokenRevoked | IdentityExpired | undefined => {
  if (revokedAt) {
    return new TokenRevoked(
      `Token ${id} was revoked at ${revokedAt.toISOString()}; ask an operator for another.`,
    );
  }
  return expiresAt <= at
    ? new IdentityExpired(`Token ${id} expired at ${expiresAt.toISOString()}; ask an operator for another.`)
    : undefined;
};

const exhausted = (token: JoinToken, name: InstanceName): TokenExhausted => {
  const why =
    roomFor(token, name) === 'too many bytes'
      ? `has no room for ${name}: the names that it let in are as long as one token can hold`
      : `let in its ${token.maxNames} names, or was ended`;
  return new TokenExhausted(`Token ${token.id} ${why}; ask an operator for another.`);
};
