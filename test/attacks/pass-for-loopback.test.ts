import { execFileSync } from 'node:child_process';
import { describe, expect, test } from 'vitest';
import { Policy } from '../../src/policy/policy.ts';
import { isLoopback, webAddress } from '../../src/web-address.ts';
import { hasCommand } from '../bootstrap/clean-machine.ts';
import { powerShellFunctions, runPowerShell, testWithPowerShell } from '../bootstrap/run-powershell.ts';
import { shellFunction } from '../bootstrap/shell-functions.ts';
import { runCli } from '../cli/command-line.ts';
import { SPELLINGS } from './addresses.ts';

const ADDRESSES = SPELLINGS.map(({ address }) => address);
const FOR_SCRIPTS = SPELLINGS.map(({ address, scripts }) => [address, scripts]);

describe('the service', () => {
  test.each(SPELLINGS)('takes $address for: $service', ({ address, service }) => {
    const url = webAddress(address);

    expect(url === undefined ? 'refused' : isLoopback(url) ? 'loopback' : 'other').toBe(service);
  });

  test.each(SPELLINGS)('fetches the keys of $address only from this machine', ({ address, service }) => {
    const provider = {
      name: 'ci',
      issuer: address,
      audience: 'ssm',
      nameClaim: 'sub',
      requiredClaims: { sub: ['*'] },
    };

    expect(Policy.safeParse({ oidc: [provider] }).success).toBe(service === 'loopback');
    const jwks = { ...provider, issuer: 'https://issuer.example', jwksUri: address };
    expect(Policy.safeParse({ oidc: [jwks] }).success).toBe(service === 'loopback');
  });
});

describe('the command line', () => {
  test.each(SPELLINGS)(
    "offers $address a local server's key only on this machine",
    async ({ address, service }) => {
      const { code, stdout } = await runCli(['config', 'show', '-o', 'json', '--api', address]);

      expect(code).toBe(service === 'refused' ? 2 : 0);
      expect(stdout.includes('.data/operator-key')).toBe(service === 'loopback');
    },
  );
});

const SHELLS = { dash: ['dash'], bash: ['bash', '--posix'], busybox: ['busybox', 'ash'] };

describe.each(['bootstrap.sh', 'deregister.sh'] as const)('%s', (script) => {
  for (const [shell, [command = '', ...options]] of Object.entries(SHELLS)) {
    const here = hasCommand(shell);
    test.skipIf(!here)(`knows this machine under ${shell}${here ? '' : ' (skipped: it is not here)'}`, () => {
      const judge = `for address in "$@"; do
        if ! is_web_address "$address"; then echo refused; elif is_loopback "$address"; then echo loopback; else echo other; fi
      done`;
      const functions = ['is_web_address', 'is_loopback'].map((name) => shellFunction(script, name));
      const source = ['set -uf', ...functions, judge].join('\n');

      const said = execFileSync(command, [...options, '-c', source, 'sh', ...ADDRESSES], {
        encoding: 'utf8',
      });

      const verdicts = said.trim().split('\n');
      expect(ADDRESSES.map((address, index) => [address, verdicts[index]])).toEqual(FOR_SCRIPTS);
    });
  }
});

describe.each(['bootstrap.ps1', 'deregister.ps1'] as const)('%s', (script) => {
  testWithPowerShell('knows this machine', async () => {
    const functions = await powerShellFunctions(script, ['Test-WebAddress', 'Test-Loopback']);
    const judge = `$verdicts = foreach ($address in $given) {
      if (-not (Test-WebAddress $address)) { 'refused' } elseif (Test-Loopback $address) { 'loopback' } else { 'other' }
    }
    ConvertTo-Json @($verdicts)`;

    const verdicts = await runPowerShell(`${functions}\n${judge}`, ADDRESSES);

    expect(verdicts).toEqual(SPELLINGS.map(({ scripts }) => scripts));
  });
});

describe('the Linux script as a whole', () => {
  test.each([
    ['http://127.0.0.1:8080@evil.example', '--api must be a URL'],
    ['https://user:password@api.example', '--api must be a URL'],
    ['http://127.0.0.1.evil.example', '--proof must be'],
  ])('asked with --allow-http about %s says: %s', (address, said) => {
    const script = new URL('../../bootstrap-scripts/linux/bootstrap.sh', import.meta.url).pathname;
    const flags = ['--region', 'eu-west-1', '--allow-http', '--proof', 'none', '--api', address];

    expect(() => execFileSync('sh', [script, ...flags], { stdio: 'pipe' })).toThrow(said);
  });
});
