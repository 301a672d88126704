import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { promisify } from 'node:util';
import { test } from 'vitest';
import { hasCommand } from './clean-machine.ts';
import { parsePowerShell } from './powershell.ts';

export type PowerShellScript = 'bootstrap.ps1' | 'deregister.ps1';

/** A test that needs PowerShell; its name says so where it is skipped. */
export const testWithPowerShell = (name: string, run: () => Promise<void>) =>
  hasCommand('pwsh') ? test(name, run, 60_000) : test.skip(`${name} (skipped: no pwsh here)`);

/** Some functions of a script as they stand in it. */
export const powerShellFunctions = async (
  script: PowerShellScript,
  names: readonly string[],
): Promise<string> => {
  const url = new URL(`../../bootstrap-scripts/windows/${script}`, import.meta.url);
  const { functions } = await parsePowerShell(await readFile(url, 'utf8'));
  return names
    .map((name) => {
      const found = functions.get(name);
      if (!found) throw new Error(`${script} has no function ${name}`);
      return found.text;
    })
    .join('\n');
};

/** Runs PowerShell as strictly as the scripts do. `$given` is what is given, and the answer is what it writes, as JSON. */
export const runPowerShell = async (source: string, given: unknown = null): Promise<unknown> => {
  const whole = [
    'Set-StrictMode -Version 2',
    "$ErrorActionPreference = 'Stop'",
    '$given = ConvertFrom-Json $env:GIVEN',
    source,
  ].join('\n');
  const { stdout } = await promisify(execFile)('pwsh', ['-NoProfile', '-NonInteractive', '-Command', whole], {
    env: { ...process.env, GIVEN: JSON.stringify(given), POWERSHELL_TELEMETRY_OPTOUT: '1' },
  });
  return JSON.parse(stdout);
};
