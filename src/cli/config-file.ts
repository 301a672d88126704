import { readFile } from 'node:fs/promises';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { Failure } from './failure.ts';
import { type Given, SETTING_NAMES } from './settings.ts';

/** `$XDG_CONFIG_HOME/ssm-activation/config.json` (XDG Base Directory Specification). */
export const configFilePath = (environment: NodeJS.ProcessEnv): string =>
  join(environment['XDG_CONFIG_HOME'] || join(homedir(), '.config'), 'ssm-activation', 'config.json');

/** What the file says; nothing when there is none. @throws Failure that names every key that is wrong */
export const readConfigFile = async (path: string): Promise<Given> => {
  const text = await readFile(path, 'utf8').catch((cause: NodeJS.ErrnoException) => {
    if (cause.code === 'ENOENT') return '{}';
    throw new Failure('usage', `${path} cannot be read: ${cause.message}`, [], { cause });
  });
  const values = new Map(Object.entries(parsed(path, text)));
  const problems = [...values].flatMap(([key, value]) => {
    if (!SETTING_NAMES.some((name) => name === key)) return [`${key} is not a setting`];
    return typeof value === 'string' || typeof value === 'number' ? [] : [`${key} is not a text`];
  });
  if (problems.length > 0) {
    throw new Failure('usage', `${path}: ${problems.join(', ')}`, [
      `The settings are ${SETTING_NAMES.join(', ')}.`,
    ]);
  }
  return Object.fromEntries([...values].map(([key, value]) => [key, String(value)]));
};

const parsed = (path: string, text: string): object => {
  try {
    const value: unknown = JSON.parse(text);
    if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value;
  } catch {
    // Told below: V8's own message may quote what the file holds.
  }
  throw new Failure('usage', `${path} is not a JSON object.`);
};
