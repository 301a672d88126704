/** `npm run generate`: writes everything that is made from the source and committed. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { policySchema } from '../src/policy/json-schema.ts';
import { apiReference } from './api-docs.ts';
import { cliReference } from './cli-docs.ts';
import { clientSource } from './client.ts';
import { openApiDocument } from './openapi.ts';

/** The files by their path in the repository, as they are to be. */
export const generatedFiles = async (): Promise<Readonly<Record<string, string>>> => {
  const document = await openApiDocument();
  const openApi = jsonFile(document);
  const directory = await mkdtemp(join(tmpdir(), 'openapi-'));
  try {
    const file = join(directory, 'openapi.json');
    await writeFile(file, openApi);
    return {
      'openapi.json': openApi,
      'src/client/api.ts': await clientSource(file),
      'docs/api.md': apiReference(document),
      'docs/cli.md': cliReference(),
      'policy.schema.json': jsonFile(policySchema()),
    };
  } finally {
    await rm(directory, { recursive: true });
  }
};

const jsonFile = (value: object): string => `${JSON.stringify(value, undefined, 2)}\n`;

if (import.meta.main) {
  for (const [path, text] of Object.entries(await generatedFiles())) {
    await writeFile(new URL(`../${path}`, import.meta.url), text);
  }
}
