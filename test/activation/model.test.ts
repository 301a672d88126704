import { execFileSync, spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';

const CHECK = fileURLToPath(new URL('../../src/activation/model/check.sh', import.meta.url));

const isMissing = (command: string) => spawnSync(command, ['--version']).error !== undefined;
const missing = ['spin', 'gcc'].filter(isMissing);

/** The smallest of what check.sh searches: `.ci/run` has all of it. */
const check = (configuration: string) =>
  execFileSync(CHECK, [configuration], { encoding: 'utf8', env: { ...process.env, ACTIVATIONS: '2' } });

describe.skipIf(missing.length > 0)(
  `the model of a name${missing.length ? ` (skipped: no ${missing})` : ''}`,
  () => {
    test('keeps every promise in every order of two activations', () => {
      expect(check('orders')).toMatch(/^ok +orders .* broken: nothing/);
    });

    test('links a node that was deregistered when it has no mark', () => {
      expect(check('without-mark')).toMatch(/^ok +without-mark .* broken: no ghost/);
    });
  },
);
