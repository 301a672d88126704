// Invokes functions one call after the other, as Lambda does, some calls of the one and then as many of the next: what
// else the machine is at changes by the second, and all of them are to meet the same of it. Arguments: a file with
// events, how many of them only warm each function up, a file for the results, and the bundles.
import { readFileSync, writeFileSync } from 'node:fs';

const [, , eventsFile, warmUp, resultFile, ...bundles] = process.argv;
const WARMING_AT_ONCE = 20;
const CALLS_A_TURN = 5;
const events = JSON.parse(readFileSync(eventsFile, 'utf8'));
const context = {
  awsRequestId: 'e3b0c442-98fc-4c14-9afb-f4c8996fb924',
  getRemainingTimeInMillis: () => 29_000,
};
const functions = [];
for (const bundle of bundles) {
  const { handler } = await import(bundle);
  const invoke = async (event) => {
    const answer = await handler(event, context);
    if (answer.statusCode !== 200) throw new Error(`${bundle}: ${JSON.stringify(answer)}`);
  };
  functions.push({ invoke, calls: 0, milliseconds: 0, cpuMs: 0 });
}

const warming = events.slice(0, Number(warmUp));
for (const { invoke } of functions) {
  for (let from = 0; from < warming.length; from += WARMING_AT_ONCE) {
    await Promise.all(warming.slice(from, from + WARMING_AT_ONCE).map(invoke));
  }
}

const takeTurn = async (one, calls) => {
  const cpu = process.cpuUsage();
  const began = performance.now();
  for (const event of calls) await one.invoke(event);
  const { user, system } = process.cpuUsage(cpu);
  one.milliseconds += performance.now() - began;
  one.cpuMs += (user + system) / 1000;
  one.calls += calls.length;
};
const measured = events.slice(warming.length);
for (let from = 0; from < measured.length; from += CALLS_A_TURN) {
  const order = (from / CALLS_A_TURN) % 2 === 0 ? functions : functions.toReversed();
  for (const one of order) await takeTurn(one, measured.slice(from, from + CALLS_A_TURN));
}
const results = functions.map(({ calls, milliseconds, cpuMs }) => ({
  callsPerSecond: (calls / milliseconds) * 1000,
  cpuMsPerCall: cpuMs / calls,
}));
writeFileSync(resultFile, JSON.stringify(results));
process.exit(0);
