/** What a policy gives, said once more and in other words than the service's own: patterns are regular expressions here. */
import type { Policy } from '../../src/policy/policy.ts';
import type { TagRules } from '../../src/policy/tag-rules.ts';

export interface OracleRequest {
  readonly proof: 'instance-identity' | 'join-token' | 'network';
  readonly instanceId: string;
  readonly address: string;
  readonly token: { readonly namePattern: string; readonly tags: Readonly<Record<string, string>> };
  /** Absent, the name that the proof proves. */
  readonly name?: string | undefined;
  readonly tags: Readonly<Record<string, string>>;
}

export const isLike = (pattern: string, text: string): boolean => {
  const literal = pattern.replace(/[.+?^${}()|[\]\\]/g, '\\$&');
  return new RegExp(`^${literal.replaceAll('*', '.*')}$`, 's').test(text);
};
const isLikeOne = (patterns: readonly string[], text: string): boolean =>
  patterns.some((pattern) => isLike(pattern, text));

/** The rules that hold for a caller; undefined when policy does not know it. */
const rulesFor = (policy: Policy, request: OracleRequest) => {
  const { instanceIdentity, joinTokens, network } = policy;
  switch (request.proof) {
    case 'instance-identity':
      return (
        instanceIdentity && {
          rules: instanceIdentity.tags,
          fixed: instanceIdentity.tags.fixed,
          mayHave: (name: string) => name === request.instanceId || isLikeOne(instanceIdentity.names, name),
          ownName: request.instanceId,
        }
      );
    case 'join-token':
      return (
        joinTokens && {
          rules: joinTokens.tags,
          fixed: { ...request.token.tags, ...joinTokens.tags.fixed },
          mayHave: (name: string) =>
            isLike(request.token.namePattern, name) && isLikeOne(joinTokens.names, name),
          ownName: undefined,
        }
      );
    case 'network': {
      // The blocks of these tests are /8 ones: the first number is all that counts.
      const first = request.address.split('.')[0];
      const rule = network.find(({ cidrs }) => cidrs.some((cidr) => cidr.split('.')[0] === first));
      return (
        rule && {
          rules: rule.tags,
          fixed: rule.tags.fixed,
          mayHave: (name: string) => isLikeOne(rule.names, name),
          ownName: undefined,
        }
      );
    }
  }
};

/** As IAM compares keys; those of these tests are ASCII. */
const isOneKey = (a: string, b: string): boolean => a.trim().toLowerCase() === b.trim().toLowerCase();

const mayChoose = (rules: TagRules, key: string, value: string): boolean =>
  Object.entries(rules.allowed).some(([keys, values]) => isLike(keys, key) && isLikeOne(values, value));

/** The name and the tags that policy gives to a request; undefined when it gives nothing. */
export const given = (policy: Policy, request: OracleRequest) => {
  const found = rulesFor(policy, request);
  if (!found) return undefined;
  const { rules, fixed, mayHave, ownName } = found;
  const name = request.name ?? ownName;
  if (name === undefined || !mayHave(name)) return undefined;

  const isInstance = /^i-([0-9a-f]{8}|[0-9a-f]{17})$/.test(name);
  const isItself = request.proof === 'instance-identity' && name === request.instanceId;
  if (isInstance && policy.instanceIdentity && !isItself) return undefined;

  const isGranted = ([key, value]: [string, string]) =>
    Object.keys(fixed).includes(key) ? fixed[key] === value : mayChoose(rules, key, value);
  const named = [...Object.keys(fixed), ...rules.required, ...Object.keys(rules.allowed)];
  const isOtherwiseSpelled = (key: string) => named.some((own) => own !== key && isOneKey(own, key));
  if (!Object.entries(request.tags).every(isGranted)) return undefined;
  if (Object.keys(request.tags).some(isOtherwiseSpelled)) return undefined;
  const tags = { ...request.tags, ...fixed };
  return rules.required.every((key) => Object.keys(tags).includes(key)) ? { name, tags } : undefined;
};
