import { readFileSync } from 'node:fs';

/** The calls to AWS that the service made for the request, as they went over the wire. */
export const recordedCalls = (): { readonly operation: string; readonly input: never }[] =>
  JSON.parse(readFileSync(process.env['RECORDED_CALLS'] ?? '', 'utf8'));
