import * as z from 'zod';
import { repeatedKey } from '../activation/tag-keys.ts';
import { TagKey } from '../activation/tags.ts';
import { isPrivateOnTheWay, webAddress } from '../web-address.ts';
import { Cidr } from './cidr.ts';
import { Pattern } from './pattern.ts';
import { NO_TAGS, TagRules } from './tag-rules.ts';

const DAY_MINUTES = 24 * 60;

const LifetimeMinutes = z
  .int()
  .min(1)
  .max(DAY_MINUTES)
  .meta({ description: 'How long an activation can be used, in minutes; at most a day.' });

/** What every proof says about the activations it grants. */
const Grants = z.strictObject({
  tags: TagRules.default(NO_TAGS),
  activationLifetimeMinutes: LifetimeMinutes.optional(),
});

const ONE_SPELLING = 'two of the keys differ in case alone, which does not tell keys apart';

const NamePatterns = z.array(Pattern);

export const InstanceIdentityPolicy = z
  .lazy(() =>
    Grants.extend({
      accounts: z.array(z.string().regex(/^\d{12}$/, 'must be an account id of 12 digits')).min(1),
      regions: z
        .array(z.string().regex(/^[a-z]{2,4}(-[a-z]+)+-\d+$/, 'must be a region such as eu-west-1'))
        .min(1)
        .meta({ description: 'Regions whose instances are let in; their partition comes with them.' }),
      maxAgeMinutes: z
        .int()
        .min(1)
        .default(30)
        .meta({ description: 'How long after its pendingTime a document is taken, in minutes.' }),
      names: NamePatterns.default([]).meta({
        description: 'Names beside its instance id that an instance may take.',
      }),
      certificates: z
        .record(z.string(), z.string())
        .default({})
        .meta({ description: 'By region: PEM certificates beside those that the service carries.' }),
    }),
  )
  .meta({ id: 'InstanceIdentityPolicy' });
export type InstanceIdentityPolicy = z.infer<typeof InstanceIdentityPolicy>;

export const JoinTokenPolicy = z
  .lazy(() =>
    Grants.extend({
      names: NamePatterns.default(['*']).meta({ description: 'Names that tokens may be made for at all.' }),
    }),
  )
  .meta({ id: 'JoinTokenPolicy' });
export type JoinTokenPolicy = z.infer<typeof JoinTokenPolicy>;

/** Plain HTTP is for an issuer on this machine: elsewhere anyone on the way could put in keys of their own. */
const IssuerUrl = z.lazy(() =>
  z
    .string()
    .refine(
      (text) => webAddress(text) !== undefined,
      'must be https: host, path and query alone, without a user',
    )
    .refine((text) => {
      const address = webAddress(text);
      return address === undefined || isPrivateOnTheWay(address);
    }, 'must be https')
    .meta({ format: 'uri' }),
);

const ClaimPath = z
  .string()
  .min(1)
  .meta({ description: 'A claim, or a claim within one: google.compute_engine.instance_id.' });

export const OidcProviderPolicy = z
  .lazy(() =>
    Grants.extend({
      name: z
        .string()
        .regex(/^[a-z0-9][a-z0-9-]{0,62}$/)
        .meta({ description: 'Names the provider in events.' }),
      issuer: IssuerUrl.meta({ description: 'The `iss` claim, to the letter.' }),
      audience: z.string().min(1).meta({
        description: "This service's own audience: a token made for another service must not be taken.",
      }),
      jwksUri: IssuerUrl.optional().meta({
        description: "The issuer's keys; by default found through its discovery document.",
      }),
      nameClaim: ClaimPath.meta({ description: 'The claim that is the name of the machine.' }),
      requiredClaims: z
        .record(ClaimPath, z.array(Pattern).min(1))
        .refine(
          (claims) => Object.keys(claims).length > 0,
          'name at least one claim: an issuer alone tells nothing',
        )
        .meta({
          description: 'Claims that a token must have, and the patterns that one of their values must match.',
        }),
      tagClaims: z
        .record(TagKey, ClaimPath)
        .refine((claims) => repeatedKey(Object.keys(claims)) === undefined, ONE_SPELLING)
        .default({})
        .meta({ description: 'Tags set from claims; a caller cannot override them.' }),
      maxAgeMinutes: z.int().min(1).default(60).meta({
        description: 'How long after it was issued a token is taken, in minutes, however late it expires.',
      }),
      names: NamePatterns.default([]).meta({
        description: 'Names beside the claimed one that a machine may take.',
      }),
    }),
  )
  .meta({ id: 'OidcProviderPolicy' });
export type OidcProviderPolicy = z.infer<typeof OidcProviderPolicy>;

export const NetworkPolicy = z
  .lazy(() =>
    Grants.extend({
      cidrs: z.array(Cidr).min(1),
      names: NamePatterns.min(1),
    }),
  )
  .meta({ id: 'NetworkPolicy' });
export type NetworkPolicy = z.infer<typeof NetworkPolicy>;

/** How nodes are judged, and what becomes of those whose machine is gone. */
const NodePolicy = z
  .lazy(() =>
    z.strictObject({
      deregisterTerminated: z
        .boolean()
        .default(true)
        .meta({ description: 'Deregister the node of an EC2 instance when it is terminated.' }),
      deregisterSilentAfterDays: z.int().min(1).optional().meta({
        description: 'Deregister nodes that have not pinged for so many days; never, when it is absent.',
      }),
      settlingSeconds: z.int().min(1).max(3_600).optional().meta({
        description:
          "How long Systems Manager's answers may lag behind what happened, in seconds: 300 on AWS, which publishes no bound.",
      }),
    }),
  )
  .meta({ id: 'NodePolicy' });

/** Who is let in, under which names, with which tags. A proof that is not named is not accepted. */
export const Policy = z
  .strictObject({
    $schema: z.string().optional(),
    activationLifetimeMinutes: LifetimeMinutes.default(60),
    instanceIdentity: InstanceIdentityPolicy.optional(),
    joinTokens: JoinTokenPolicy.optional(),
    oidc: z
      .array(OidcProviderPolicy)
      .default([])
      .refine(
        (providers) => new Set(providers.map(({ name }) => name)).size === providers.length,
        'each provider must have a name of its own',
      ),
    network: z.array(NetworkPolicy).default([]),
    nodes: NodePolicy.default({ deregisterTerminated: true }),
  })
  .meta({ id: 'Policy', title: 'ssm-activation-api policy' });
export type Policy = z.infer<typeof Policy>;
