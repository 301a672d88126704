/** Whether a node may be given a role: every role of the right form exists here, save those that a fault names. */
import { AwsError } from './errors.ts';

/** A role that does not exist, or that Systems Manager may not assume; `until` makes it one that is only too new. */
export interface MissingRole {
  readonly role: string;
  readonly until?: Date | undefined;
  /** The real service has two; the first unless this says so. */
  readonly wording?: 'nonexistent' | 'not existing' | undefined;
}

interface RoleBook {
  readonly clock: () => Date;
  readonly missingRoles: () => readonly MissingRole[];
}

const messageOf = {
  nonexistent: 'Nonexistent role or missing ssm service principal in trust policy',
  'not existing': 'Not existing role',
} as const;

/** A role is `name` or `path/name`, in IAM's alphabet, which has no colon: an ARN is never one. */
export function requireRole({ clock, missingRoles }: RoleBook, role: string): void {
  const isMissing = (one: MissingRole) => one.role === role && !(one.until && one.until <= clock());
  const missing = /^[\w+=,.@/-]+$/.test(role) ? missingRoles().find(isMissing) : { role };
  if (!missing) return;
  throw new AwsError('ValidationException', `${messageOf[missing.wording ?? 'nonexistent']}: ${role}`);
}
