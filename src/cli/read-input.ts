import { readFile } from 'node:fs/promises';
import { text } from 'node:stream/consumers';
import { Failure } from './failure.ts';
import type { Shell } from './shell.ts';

/**
 * The text of a file, of stdin for `-`, without blanks at its ends: secrets never stand in arguments. A file that
 * cannot be read is not named: it may be the secret itself, given in its place.
 * @throws Failure
 */
export const readInput = async (
  shell: Shell,
  file: string,
  what: string,
  advice: readonly string[] = [],
): Promise<string> => {
  try {
    return (await (file === '-' ? text(shell.stdin) : readFile(file, 'utf8'))).trim();
  } catch (cause) {
    const reason = cause instanceof Error && 'code' in cause ? String(cause.code) : 'unknown';
    throw new Failure('usage', `${what} cannot be read: ${reason}`, advice, { cause });
  }
};
