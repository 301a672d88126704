/** Request bodies checked against their shapes, with refusals worded as AWS words them. */
import type * as z from 'zod';
import { AwsError } from './errors.ts';

function parseJson(body: Buffer): unknown {
  try {
    // AWS takes a null member for an absent one.
    return JSON.parse(body.toString() || '{}', (_key, value: unknown) => value ?? undefined);
  } catch {
    throw new AwsError('SerializationException');
  }
}

function valueAt(input: unknown, path: readonly PropertyKey[]): unknown {
  return path.reduce<unknown>(
    (value, key) => (typeof value === 'object' && value !== null ? Reflect.get(value, key) : undefined),
    input,
  );
}

/** `Filters[0].Values` is `filters.1.member.values` in AWS's messages. */
function memberPath(path: readonly PropertyKey[]): string {
  return path
    .map((key) =>
      typeof key === 'number' ? `${key + 1}.member` : String(key).replace(/^./, (c) => c.toLowerCase()),
    )
    .join('.');
}

function show(value: unknown): string {
  if (value === undefined) return 'null';
  return `'${typeof value === 'object' ? JSON.stringify(value) : value}'`;
}

const measureOf = ({ origin }: { readonly origin: string }) =>
  origin === 'string' || origin === 'array' ? 'length' : 'value';

/** Undefined for a value of the wrong JSON type: that never gets as far as validation in AWS. */
function brokenConstraint(issue: z.core.$ZodIssue, value: unknown): string | undefined {
  if (value === undefined) return 'Member must not be null';
  switch (issue.code) {
    case 'too_small':
      return `Member must have ${measureOf(issue)} greater than or equal to ${issue.minimum}`;
    case 'too_big':
      return `Member must have ${measureOf(issue)} less than or equal to ${issue.maximum}`;
    case 'invalid_format':
      return `Member must satisfy regular expression pattern: ${issue.pattern?.replace(/^\/|\/[a-z]*$/g, '')}`;
    case 'invalid_value':
      return typeof value === 'string'
        ? `Member must satisfy enum value set: [${issue.values.map(String).join(', ')}]`
        : undefined;
    default:
      return undefined;
  }
}

export function parseInput<S extends z.ZodType>(shape: S, body: Buffer): z.infer<S> {
  const input = parseJson(body);
  const result = shape.safeParse(input);
  if (result.success) return result.data;
  const { issues } = result.error;
  const problems = issues.map((issue) => {
    const value = valueAt(input, issue.path);
    const constraint = brokenConstraint(issue, value);
    if (!constraint || issue.path.length === 0) throw new AwsError('SerializationException');
    return `Value ${show(value)} at '${memberPath(issue.path)}' failed to satisfy constraint: ${constraint}`;
  });
  const count = `${problems.length} validation error${problems.length === 1 ? '' : 's'} detected`;
  throw new AwsError('ValidationException', `${count}: ${problems.join('; ')}`);
}
