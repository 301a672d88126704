import * as z from 'zod';
import { serviceTemplate } from './synthesis.ts';

const oneOrMany = <T extends z.ZodType>(item: T) => z.union([z.array(item), item.transform((one) => [one])]);

export const Statement = z.looseObject({
  Effect: z.enum(['Allow', 'Deny']),
  Action: oneOrMany(z.string()),
  Resource: oneOrMany(z.unknown()),
  Condition: z.unknown().optional(),
});
export type Statement = z.infer<typeof Statement>;

const Policy = z.looseObject({
  Properties: z.looseObject({
    PolicyDocument: z.object({ Statement: z.array(Statement) }),
    Roles: z.array(z.object({ Ref: z.string() })),
  }),
});

/** What the inline policies of a role say; it has no others. */
export const statementsOf = (context: Record<string, string>, role: string): readonly Statement[] =>
  Object.values(serviceTemplate(context).findResources('AWS::IAM::Policy'))
    .map((resource) => Policy.parse(resource).Properties)
    .filter(({ Roles }) => Roles.some(({ Ref }) => Ref.startsWith(role)))
    .flatMap(({ PolicyDocument }) => PolicyDocument.Statement);

const on = (resource: unknown): string => /\/index\/(\w+)/.exec(JSON.stringify(resource))?.[1] ?? 'the table';

/** Grants in the form in which operations are recorded. */
export const grantsIn = (statements: readonly Statement[]): ReadonlySet<string> =>
  new Set(
    statements.flatMap(({ Action, Resource }) =>
      Action.flatMap((action) =>
        action.startsWith('dynamodb:')
          ? Resource.map((resource) => `${action} on ${on(resource)}`)
          : [action],
      ),
    ),
  );
