import { readFileSync } from 'node:fs';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { expect, test } from 'vitest';
import openApi from '../../openapi.json' with { type: 'json' };

const PAGE = readFileSync('docs/api.md', 'utf8');
const EXAMPLE = /^### (\w+)\n\n```json\n(.*?)^```$/gms;
const examples = [...PAGE.matchAll(EXAMPLE)].map(([, name = '', text = '']) => [name, text] as const);

/** Formats are not asserted: that a time is one is the business of the routes' own schemas. */
const ajv = new Ajv2020({ strict: false, validateFormats: false });
ajv.addSchema(openApi, 'openapi.json');

test('every fence of docs/api.md is an example', () => {
  expect(PAGE.match(/^```\w/gm)).toHaveLength(examples.length);
});

test.each(examples)('the example of %s is one', (name, text) => {
  const validate = ajv.getSchema(`openapi.json#/components/schemas/${name}`);

  expect(validate?.(JSON.parse(text)), JSON.stringify(validate?.errors)).toBe(true);
});
