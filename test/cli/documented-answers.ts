import { Ajv2020 } from 'ajv/dist/2020.js';
import { afterEach, expect, vi } from 'vitest';
import * as z from 'zod';
import openApi from '../../openapi.json' with { type: 'json' };

const Operations = z.record(
  z.string(),
  z.record(
    z.string(),
    z.looseObject({
      responses: z.record(
        z.string(),
        z.looseObject({ content: z.record(z.string(), z.looseObject({ schema: z.unknown() })).optional() }),
      ),
    }),
  ),
);
const PATHS = Operations.parse(openApi.paths);

/** Formats are not asserted: that a time is one is the business of the routes' own schemas. */
const ajv = new Ajv2020({ strict: false, validateFormats: false });
ajv.addSchema(openApi, 'openapi.json');

const matches = (template: string, path: string): boolean => {
  const [wanted, given] = [template.split('/'), path.split('/')];
  return (
    wanted.length === given.length && wanted.every((part, i) => part.startsWith('{') || part === given[i])
  );
};

/** Holds one answer against what the OpenAPI document says of its operation. */
const checkAnswer = async (method: string, url: string, answer: Response): Promise<void> => {
  const { pathname } = new URL(url);
  const path = Object.keys(PATHS).find((template) => matches(template, pathname)) ?? pathname;
  const type = (answer.headers.get('content-type') ?? '').split(';')[0] ?? '';
  const documented = PATHS[path]?.[method.toLowerCase()]?.responses[answer.status]?.content?.[type];
  expect(documented, `${method} ${path} ${answer.status} ${type} is documented`).toBeDefined();
  const pointer = [path, method.toLowerCase(), 'responses', String(answer.status), 'content', type]
    .map((part) => encodeURIComponent(part.replaceAll('~', '~0').replaceAll('/', '~1')))
    .join('/');
  const validate = ajv.getSchema(`openapi.json#/paths/${pointer}/schema`);
  if (!validate) throw new Error(`there is no schema at ${pointer}`);
  expect(validate(await answer.json()), JSON.stringify(validate.errors)).toBe(true);
};

/** From now on every answer that the generated client gets is held against the OpenAPI document. */
export const checkAnswers = (): void => {
  const real = globalThis.fetch;
  vi.stubGlobal('fetch', async (request: Request, init?: RequestInit) => {
    const { method, url } = request;
    const answer = await real(request, init);
    await checkAnswer(method, url, answer.clone());
    return answer;
  });
};

afterEach(() => {
  vi.unstubAllGlobals();
});
