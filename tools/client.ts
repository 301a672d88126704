/** The typed client that the command line uses, generated from the OpenAPI document. */
import { execFileSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { generateSource } from 'oazapfts';

const BIOME = fileURLToPath(new URL('../node_modules/.bin/biome', import.meta.url));

/** What the runtime of the generated code says of an absent body does not hold under exactOptionalPropertyTypes. */
const UNCHECKED = "// @ts-nocheck: this file's own inside; whoever calls it is checked against its types.\n";

/** The text of `src/client/api.ts` for the document in a file, formatted as the rest of the code is. */
export const clientSource = async (openApiFile: string): Promise<string> => {
  const source = await generateSource(openApiFile, { unionUndefined: true });
  return execFileSync(BIOME, ['check', '--write', '--unsafe', '--stdin-file-path=src/client/api.ts'], {
    input: UNCHECKED + source,
    encoding: 'utf8',
  });
};
