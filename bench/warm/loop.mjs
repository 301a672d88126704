// Invokes a function again and again, one call after the other as Lambda does. Arguments: the bundle, a file with
// events, how many of them only warm it up, and a file for the result.
import { readFileSync, writeFileSync } from 'node:fs';

const [, , bundle, eventsFile, warmUp, resultFile] = process.argv;
const WARMING_AT_ONCE = 20;
const { handler } = await import(bundle);
const events = JSON.parse(readFileSync(eventsFile, 'utf8'));
const context = {
  awsRequestId: 'e3b0c442-98fc-4c14-9afb-f4c8996fb924',
  getRemainingTimeInMillis: () => 29_000,
};
const invoke = async (event) => {
  const answer = await handler(event, context);
  if (answer.statusCode !== 200) throw new Error(`${bundle}: ${JSON.stringify(answer)}`);
};

const warming = events.slice(0, Number(warmUp));
for (let from = 0; from < warming.length; from += WARMING_AT_ONCE) {
  await Promise.all(warming.slice(from, from + WARMING_AT_ONCE).map(invoke));
}
const measured = events.slice(warming.length);
const cpu = process.cpuUsage();
const began = performance.now();
for (const event of measured) await invoke(event);
const milliseconds = performance.now() - began;
const { user, system } = process.cpuUsage(cpu);
writeFileSync(
  resultFile,
  JSON.stringify({
    callsPerSecond: (measured.length / milliseconds) * 1000,
    cpuMsPerCall: (user + system) / 1000 / measured.length,
  }),
);
process.exit(0);
