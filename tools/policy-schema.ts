/** Writes `policy.schema.json`, the JSON Schema of the policy file, from the schema that the service itself validates with. */
import { writeFile } from 'node:fs/promises';
import { policySchema } from '../src/policy/json-schema.ts';

await writeFile(
  new URL('../policy.schema.json', import.meta.url),
  `${JSON.stringify(policySchema(), undefined, 2)}\n`,
);
