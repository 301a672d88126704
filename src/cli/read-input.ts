import { readFile } from 'node:fs/promises';
import { text } from 'node:stream/consumers';
import { reasonOf } from '../reason-of.ts';
import { Failure } from './failure.ts';
import type { Shell } from './shell.ts';

/**
 * The text of a file, of stdin for `-`, without blanks at its ends: secrets never stand in arguments.
 * @throws Failure
 */
export const readInput = async (shell: Shell, file: string, what: string): Promise<string> => {
  try {
    return (await (file === '-' ? text(shell.stdin) : readFile(file, 'utf8'))).trim();
  } catch (cause) {
    throw new Failure('usage', `${what} cannot be read: ${reasonOf(cause)}`, [], { cause });
  }
};
