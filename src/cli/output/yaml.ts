import { stringify } from 'yaml';

/** One sequence, an entry at a time. */
export async function* asYaml(entries: AsyncIterable<unknown>): AsyncGenerator<string> {
  let any = false;
  for await (const entry of entries) {
    any = true;
    yield stringify([entry]);
  }
  if (!any) yield '[]\n';
}
