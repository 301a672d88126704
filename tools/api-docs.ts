/** `docs/api.md`, made from the OpenAPI document. */
import * as z from 'zod';

const Fields = z.record(z.string(), z.unknown());
const Schema = z.looseObject({
  $ref: z.string().optional(),
  properties: Fields.optional(),
  anyOf: z.array(z.looseObject({ properties: Fields.optional() })).optional(),
});
const Content = z.record(z.string(), z.object({ schema: Schema.optional() }));
const Response = z.looseObject({ description: z.string(), content: Content.optional() });
const Parameter = z.looseObject({
  name: z.string(),
  in: z.string(),
  required: z.boolean().optional(),
  description: z.string().optional(),
  schema: z.looseObject({}),
});
const Operation = z.looseObject({
  summary: z.string(),
  tags: z.tuple([z.string()]),
  security: z.array(z.record(z.string(), z.unknown())),
  parameters: z.array(Parameter).default([]),
  requestBody: z.looseObject({ content: Content }).optional(),
  responses: z.record(z.string(), Response),
});
type Operation = z.infer<typeof Operation>;

const Document = z.looseObject({
  tags: z.array(z.object({ name: z.string(), description: z.string() })),
  paths: z.record(z.string(), z.record(z.string(), Operation)),
  components: z.looseObject({
    schemas: z.record(z.string(), z.looseObject({ examples: z.array(z.unknown()).optional() })),
  }),
});

/** Whom a security requirement lets in, in words. */
const CALLERS: Readonly<Record<string, string>> = {
  operatorKey: 'operator key',
  iam: 'IAM (SigV4)',
  instanceIdentity: 'EC2 identity document',
  bearer: 'bearer token',
};

const callersOf = ({ security }: Operation): string =>
  security
    .map((requirement) =>
      Object.keys(requirement)
        .map((name) => CALLERS[name] ?? name)
        .join(' and '),
    )
    .map((caller) => caller || 'nothing, where policy allows the address')
    .join(', ') || 'nothing';

const bulletsOf = (operation: Operation, linked: ReadonlySet<string>): string[] => {
  const parameters = operation.parameters.map(
    ({ name, in: place, required }) => `\`${name}\` (${place}${required ? ', required' : ''})`,
  );
  const answers = Object.entries(operation.responses).map(([status, { description, content }]) => {
    const name = content?.['application/json']?.schema?.$ref?.split('/').at(-1);
    if (name === undefined) return `${status} ${description}`;
    return `${status} ${linked.has(name) ? `[${name}](#${name.toLowerCase()})` : name}`;
  });
  const fields = fieldsOf(operation.requestBody?.content['application/json']?.schema);
  return [
    `- Proof: ${callersOf(operation)}`,
    ...(parameters.length > 0 ? [`- Parameters: ${parameters.join(', ')}`] : []),
    ...(fields.length > 0 ? [`- Body: JSON with ${fields.map((name) => `\`${name}\``).join(', ')}`] : []),
    `- Answers: ${answers.join('; ')}`,
  ];
};

const fieldsOf = (schema: z.infer<typeof Schema> = {}): string[] =>
  Object.keys(schema.properties ?? schema.anyOf?.find(({ properties }) => properties)?.properties ?? {});

/** What `literal-path.ts` and the schema of a node's path see to. */
const PATHS =
  'A path is taken to the letter. What could be read in two ways is refused with 400 `InvalidRequest`: empty segments, `.` and `..`, backslashes and control characters, escapes of letters and digits, and escapes that are no UTF-8. A slash at the end is told of with 404. In `/nodes/{id}` a name is percent-encoded, `%20` for a space and `%2F` for a slash; a name that ends in `/tags` or `/release` reads like a longer route and is not taken there: use the `mi-` id of its node.';

export const apiReference = (openApi: unknown): string => {
  const { tags, paths, components } = Document.parse(openApi);
  const operations = Object.entries(paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]) => ({ path, method: method.toUpperCase(), operation })),
  );
  const examples = Object.entries(components.schemas).flatMap(([name, schema]) =>
    (schema.examples ?? []).slice(0, 1).map((example) => ({ name, example })),
  );
  const linked = new Set(examples.map(({ name }) => name));
  const groups = tags.map(({ name, description }) => {
    const own = operations.filter(({ operation }) => operation.tags[0] === name);
    const texts = own.map(({ path, method, operation }) =>
      [`### ${method} ${path}`, `${operation.summary}.`, bulletsOf(operation, linked).join('\n')].join(
        '\n\n',
      ),
    );
    return [`## ${name}`, description, ...texts].join('\n\n');
  });
  return `${[
    '# The API',
    '<!-- Made from openapi.json by `npm run generate`. -->',
    'The whole of it, with every schema, is at `/openapi.json` (OpenAPI 3.1). Every error is a [Problem](#problem), `application/problem+json`, with one of the codes below. Paths mean the same with and without the stage, `/latest`.',
    PATHS,
    ...groups,
    '## Examples',
    ...examples.map(
      ({ name, example }) => `### ${name}\n\n\`\`\`json\n${JSON.stringify(example, undefined, 2)}\n\`\`\``,
    ),
  ].join('\n\n')}\n`;
};
