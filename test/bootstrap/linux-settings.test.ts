import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';

const SCRIPT = fileURLToPath(new URL('../../bootstrap-scripts/linux/bootstrap.sh', import.meta.url));
const API = ['--api', 'https://api.example/latest'];
const REGION = ['--region', 'eu-west-1'];

/** Runs the script; every case here ends before it touches anything. */
const run = (flags: readonly string[], env: Record<string, string> = {}) =>
  new Promise<{ code: number; said: string }>((resolve) => {
    const options = { env: { PATH: process.env['PATH'] ?? '', ...env } };
    execFile('sh', [SCRIPT, ...flags], options, (error, stdout, stderr) =>
      resolve({ code: Number(error?.code ?? 0), said: stdout + stderr }),
    );
  });

describe('the settings of the Linux script', () => {
  test('--help leads with examples', async () => {
    const { code, said } = await run(['--help']);
    expect(code).toBe(0);
    expect(said.indexOf('Examples:')).toBeLessThan(200);
    expect(said).toContain('Exit codes');
  });

  test('every flag that takes part is an environment variable of the same name', async () => {
    const script = await readFile(SCRIPT, 'utf8');
    const { said } = await run(['--help']);
    const flags = [...said.matchAll(/^ {2}--([a-z-]+)/gm)].flatMap(([, flag]) => flag ?? []);
    const variables = flags
      .filter((flag) => flag !== 'help')
      .map((flag) => flag.toUpperCase().replaceAll('-', '_'));
    expect(variables.length).toBeGreaterThan(20);
    for (const variable of variables) expect(script).toContain(`\${SSM_ACTIVATION_${variable}:-`);
  });

  test.each([
    ['no API', REGION, '--api is missing'],
    ['no region', API, '--region is missing'],
    ['a region that is none', [...API, '--region', 'eu west'], '--region must be'],
    ['an API in the clear', [...REGION, '--api', 'http://api.example'], 'plain HTTP'],
    ['an API that only looks local', [...REGION, '--api', 'http://localhost.evil.example'], 'plain HTTP'],
    ['an unknown flag', [...API, ...REGION, '--tokn-file', 'x'], '--tokn-file is not a flag'],
    ['a flag without its value', [...API, '--region'], 'lacks its value'],
    ['a word that is no flag', ['register'], '"register" is not a flag'],
    ['a deadline that is no number', [...API, ...REGION, '--deadline', '5m'], '"5m" is not a whole number'],
    ['an unknown proof', [...API, ...REGION, '--proof=password'], '--proof must be'],
  ])('%s ends with exit code 2 and says which setting', async (_what, flags, complaint) => {
    const { code, said } = await run(flags);
    expect(code).toBe(2);
    expect(said).toContain(complaint);
  });

  test('a flag wins over its variable', async () => {
    const { said } = await run(['--proof', 'password'], {
      SSM_ACTIVATION_API: 'https://api.example',
      SSM_ACTIVATION_REGION: 'eu-west-1',
      SSM_ACTIVATION_PROOF: 'ec2',
    });
    expect(said).toContain('--proof must be');
  });
});
