import { ActivationError, InvalidRequest } from '../activation/errors.ts';
import type { InstanceName } from '../activation/instance-name.ts';
import type { Tags } from '../activation/tags.ts';
import { requireNameAllowed } from '../policy/name-rules.ts';
import { requireAllowed, tagsForActivation } from '../policy/tag-rules.ts';
import type { CheckTrail } from './check-trail.ts';
import type { Proven } from './proof.ts';

/** What a machine asks for. */
export interface Wish {
  readonly name?: InstanceName | undefined;
  readonly tags?: Tags | undefined;
}

/** What it gets. */
export interface Admission {
  readonly name: InstanceName;
  readonly tags: Tags;
}

/** The checks made here, after those of the proof itself. */
export const ADMISSION_CHECKS = ['Name', 'Tags'] as const;

/**
 * What policy gives a proven caller that wants to activate.
 * @throws IdentityExpired, NameNotAllowed, TagNotAllowed, TagRequired, TooManyTags
 */
export const admitToActivate = (proven: Proven, wish: Wish, trail: CheckTrail): Admission => {
  if (proven.expired) throw proven.expired;
  const name = admitName(proven, wish.name, trail);
  const tags = failing(trail, 'Tags', () => tagsForActivation(proven.tags, wish.tags ?? {}));
  trail.pass(
    'Tags',
    Object.entries(tags)
      .map(([key, value]) => `${key}=${value}`)
      .join(','),
  );
  return { name, tags };
};

/**
 * What policy gives a proven caller that wants to tag its node. A proof too old to activate with passes here: whether
 * it is the one that the name registered under is for the rules to say.
 * @throws NameNotAllowed, TagNotAllowed
 */
export const admitToTag = (proven: Proven, wish: Wish, trail: CheckTrail): Admission => {
  const name = admitName(proven, wish.name, trail);
  const { tags = {} } = wish;
  if (Object.keys(tags).length === 0)
    throw new InvalidRequest([{ field: 'tags', message: 'name at least one tag' }]);
  failing(trail, 'Tags', () => requireAllowed(proven.tags, tags));
  return { name, tags };
};

const admitName = ({ names }: Proven, wished: InstanceName | undefined, trail: CheckTrail): InstanceName => {
  const name = wished ?? names.proven;
  if (name === undefined) {
    const problem = { field: 'name', message: 'is required: this proof does not prove a name' };
    throw trail.fail('Name', new InvalidRequest([problem]));
  }
  failing(trail, 'Name', () => requireNameAllowed(names, name));
  trail.pass('Name', name);
  return name;
};

const failing = <T>(trail: CheckTrail, check: string, rule: () => T): T => {
  try {
    return rule();
  } catch (error) {
    throw error instanceof ActivationError ? trail.fail(check, error) : error;
  }
};
