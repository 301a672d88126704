// Loads a function's bundle and invokes it once, as Lambda does; plain JavaScript, so that no types are stripped in
// the time that is measured. Arguments: the bundle, and a file with the event.
import { readFileSync } from 'node:fs';

const [, , bundle, eventFile] = process.argv;
const { handler } = await import(bundle);
const answer = await handler(JSON.parse(readFileSync(eventFile, 'utf8')), {
  awsRequestId: 'e3b0c442-98fc-4c14-9afb-f4c8996fb924',
  functionName: 'api',
  getRemainingTimeInMillis: () => 29_000,
});
if (answer.statusCode !== 200 || !answer.body.includes('ActivationCode')) {
  process.stderr.write(`${bundle}: ${JSON.stringify(answer)}\n`);
  process.exit(1);
}
process.exit(0);
