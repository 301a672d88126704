import { CommanderError } from 'commander';
import { EXIT_CODES } from './failure.ts';
import { createProgram } from './program.ts';
import { type Shell, say } from './shell.ts';

/** Runs one command line, without the program's own name. Resolves to the exit code. */
export const run = async (words: readonly string[], shell: Shell): Promise<number> => {
  try {
    await createProgram(shell).parseAsync(words, { from: 'user' });
    return EXIT_CODES.ok.code;
  } catch (error) {
    // It has told its user already.
    if (error instanceof CommanderError)
      return error.exitCode === 0 ? EXIT_CODES.ok.code : EXIT_CODES.usage.code;
    const { failureOf } = await import('./failure-of.ts');
    const { ending, message, advice } = failureOf(error);
    const lines = [`error: ${message}`, ...advice].flatMap((text) => text.split('\n'));
    say(shell, lines.join('\n  '));
    return EXIT_CODES[ending].code;
  }
};
