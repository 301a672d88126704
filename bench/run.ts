/** `npm run bench -- [--quick] [cold-start] [warm] [boot-storm] [scale]`: measures, and prints tables in Markdown. */
import { cpus } from 'node:os';
import { parseArgs } from 'node:util';
import type { Bench } from './bench.ts';
import { bootStorm } from './boot-storm/boot-storm.ts';
import { coldStart } from './cold-start/cold-start.ts';
import { pinning } from './pinned.ts';
import { table } from './report.ts';
import { scale } from './scale/scale.ts';
import { warm } from './warm/warm.ts';

const BENCHES: Readonly<Record<string, Bench>> = {
  'cold-start': coldStart,
  warm,
  'boot-storm': bootStorm,
  scale,
};

const { values, positionals } = parseArgs({
  options: { quick: { type: 'boolean', default: false } },
  allowPositionals: true,
});
const unknown = positionals.filter((name) => !(name in BENCHES));
if (unknown.length > 0) {
  process.stderr.write(
    `There is no benchmark ${unknown.join(', ')}; there are ${Object.keys(BENCHES).join(', ')}.\n`,
  );
  process.exit(2);
}

const [cpu] = cpus();
process.stdout.write(`Node ${process.version}, ${cpus().length} x ${cpu?.model}, processes ${pinning}.\n`);
for (const [name, bench] of Object.entries(BENCHES)) {
  if (positionals.length > 0 && !positionals.includes(name)) continue;
  const { report, verdicts } = await bench(values);
  const rows = verdicts.map(({ claim, figure, holds }) => [claim, figure, holds ? 'yes' : 'NO']);
  process.stdout.write(`\n## ${name}\n\n${report}\n${table(['to show', 'shown', 'holds'], rows)}`);
  if (verdicts.some(({ holds, timed }) => !holds && !(values.quick && timed))) process.exitCode = 1;
}
