import type { Policy } from '../../policy/policy.ts';
import type { Listing } from './formats.ts';
import { tagText } from './tag-text.ts';

/** What a policy says about one proof. */
export interface AcceptedProof {
  readonly Proof: string;
  /** Where it must come from: accounts and regions, an issuer, addresses. */
  readonly From: readonly string[];
  readonly Names: readonly string[];
  readonly FixedTags: Readonly<Record<string, string>>;
  readonly AllowedTags: Readonly<Record<string, readonly string[]>>;
  readonly RequiredTags: readonly string[];
  readonly ActivationLifetimeMinutes: number;
}

type Grants = Pick<NonNullable<Policy['joinTokens']>, 'tags' | 'activationLifetimeMinutes'>;

/** The proofs that a policy accepts, and what each is good for. */
export const proofsOf = (policy: Policy): AcceptedProof[] => {
  const accepted = (
    Proof: string,
    From: readonly string[],
    Names: readonly string[],
    { tags, activationLifetimeMinutes = policy.activationLifetimeMinutes }: Grants,
  ): AcceptedProof => ({
    Proof,
    From,
    Names,
    FixedTags: tags.fixed,
    AllowedTags: tags.allowed,
    RequiredTags: tags.required,
    ActivationLifetimeMinutes: activationLifetimeMinutes,
  });
  const { instanceIdentity: ec2, joinTokens: tokens, oidc, network } = policy;
  return [
    ...(ec2
      ? [
          accepted(
            'instance-identity',
            [...ec2.accounts, ...ec2.regions],
            ['its instance id', ...ec2.names],
            ec2,
          ),
        ]
      : []),
    ...(tokens ? [accepted('join-token', [], tokens.names, tokens)] : []),
    ...oidc.map((one) =>
      accepted(`oidc ${one.name}`, [one.issuer], [`its claim ${one.nameClaim}`, ...one.names], one),
    ),
    ...network.map((one) => accepted('network', one.cidrs, one.names, one)),
  ];
};

export const PROOFS: Listing<AcceptedProof> = {
  columns: [
    { field: 'Proof', text: ({ Proof }) => Proof },
    { field: 'From', text: ({ From }) => From.join(' ') },
    { field: 'Names', text: ({ Names }) => Names.join(' | ') },
    { field: 'FixedTags', text: ({ FixedTags }) => tagText(FixedTags) },
    {
      field: 'AllowedTags',
      text: ({ AllowedTags }) =>
        tagText(
          Object.fromEntries(Object.entries(AllowedTags).map(([key, values]) => [key, values.join('|')])),
        ),
    },
    { field: 'RequiredTags', text: ({ RequiredTags }) => RequiredTags.join(',') },
    {
      field: 'ActivationLifetimeMinutes',
      text: (proof) => String(proof.ActivationLifetimeMinutes),
      detail: true,
    },
  ],
};
