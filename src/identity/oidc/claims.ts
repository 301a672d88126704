import { ClaimNotAllowed } from '../../activation/errors.ts';
import { InstanceName } from '../../activation/instance-name.ts';
import { type Tags, TagValue } from '../../activation/tags.ts';
import { matchesAny } from '../../policy/pattern.ts';
import type { OidcProviderPolicy } from '../../policy/policy.ts';
import type { CheckTrail } from '../check-trail.ts';

export type Claims = Readonly<Record<string, unknown>>;

/**
 * The values at a claim path, as text; none if the claim is missing or is an object. A dot leads into an object, unless
 * a claim has the dot in its name, as `kubernetes.io` has: at each level the longest name there is goes first.
 */
export const valuesOf = (claims: Claims, path: string): readonly string[] =>
  [at(claims, path)].flat().flatMap(textOf);

const at = (value: unknown, path: string): unknown => {
  if (!isObject(value)) return undefined;
  if (Object.hasOwn(value, path)) return value[path];
  for (let dot = path.lastIndexOf('.'); dot > 0; dot = path.lastIndexOf('.', dot - 1)) {
    const name = path.slice(0, dot);
    const found = Object.hasOwn(value, name) ? at(value[name], path.slice(dot + 1)) : undefined;
    if (found !== undefined) return found;
  }
  return undefined;
};

const isObject = (value: unknown): value is Claims =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/**
 * JSON.parse rounds greater numbers, and half surrogate pairs are all stored as one sign: the ids of two machines could
 * become one.
 */
const textOf = (value: unknown): readonly string[] =>
  (typeof value === 'string' && value.isWellFormed()) ||
  typeof value === 'boolean' ||
  Number.isSafeInteger(value)
    ? [String(value)]
    : [];

/** The claims that policy requires of a token and that it does not have, or not with a value that policy takes. */
export const unmetClaims = (claims: Claims, { requiredClaims }: OidcProviderPolicy): readonly string[] =>
  Object.entries(requiredClaims)
    .filter(([path, patterns]) => !valuesOf(claims, path).some((value) => matchesAny(patterns, value)))
    .map(([path]) => path);

/** @throws ClaimNotAllowed */
export const requireClaims = (claims: Claims, provider: OidcProviderPolicy, trail: CheckTrail): void => {
  const unmet = unmetClaims(claims, provider);
  if (unmet.length > 0) {
    const detail = `The token lacks ${unmet.join(', ')}, or its value is not one that provider ${provider.name} lets in.`;
    throw trail.fail('Claims', new ClaimNotAllowed(detail));
  }
  trail.pass('Claims', Object.keys(provider.requiredClaims).join(', '));
};

/** @throws ClaimNotAllowed */
export const nameFrom = (claims: Claims, provider: OidcProviderPolicy, trail: CheckTrail): InstanceName => {
  const { data: name, error } = InstanceName.safeParse(onlyValueOf(claims, provider.nameClaim));
  if (error) {
    const detail = `The claim ${provider.nameClaim} is no name for a machine (1 to 256 letters, digits, spaces and _ . : / = + - @): set another nameClaim for provider ${provider.name}.`;
    throw trail.fail('NameClaim', new ClaimNotAllowed(detail));
  }
  trail.pass('NameClaim', `${provider.nameClaim} is ${name}.`);
  return name;
};

/**
 * A claim that is missing is refused rather than left out: the caller could then choose the tag itself.
 * @throws ClaimNotAllowed
 */
export const tagsFrom = (claims: Claims, provider: OidcProviderPolicy, trail: CheckTrail): Tags => {
  const tags = Object.entries(provider.tagClaims).map(([key, path]): [string, string] => {
    const { data: value, error } = TagValue.safeParse(onlyValueOf(claims, path));
    if (error) {
      const detail = `The claim ${path} is no value for the tag ${key} (at most 256 letters, digits, spaces and _ . : / = + - @).`;
      throw trail.fail('TagClaims', new ClaimNotAllowed(detail));
    }
    return [key, value];
  });
  trail.pass('TagClaims', tags.map(([key, value]) => `${key}=${value}`).join(', ') || 'none');
  return Object.fromEntries(tags);
};

/** The value of a claim that has exactly one. */
const onlyValueOf = (claims: Claims, path: string): string | undefined => {
  const values = valuesOf(claims, path);
  return values.length === 1 ? values[0] : undefined;
};
