import type { Readable } from 'node:stream';
import { printableLines } from './output/printable.ts';

/** An output as a command sees it. */
export interface Output {
  write(text: string): boolean;
  once(event: 'drain', listener: () => void): unknown;
  readonly isTTY?: boolean;
  /** The size of the terminal; 0 where it does not tell. */
  readonly columns?: number;
  readonly rows?: number;
}

/** What a command reaches its user through: data on stdout, messages on stderr. */
export interface Shell {
  readonly stdin: Readable & { readonly isTTY?: boolean };
  readonly stdout: Output;
  readonly stderr: Output;
  readonly environment: NodeJS.ProcessEnv;
  readonly now: () => Date;
}

/** What is said may quote names and reasons that strangers made up. */
export const say = (shell: Shell, message: string): void => {
  shell.stderr.write(`${printableLines(message)}\n`);
};

/** Writes as fast as the reader reads. */
export const writeAll = async (output: Output, chunks: AsyncIterable<string>): Promise<void> => {
  for await (const chunk of chunks) {
    if (!output.write(chunk)) await new Promise<void>((resolve) => output.once('drain', resolve));
  }
};

/** The width that lines are cut to; undefined where nothing is to be cut. */
export const widthOf = ({ isTTY, columns }: Output): number | undefined => (isTTY && columns) || undefined;

/** Whether colours and redrawing are welcome (https://no-color.org). */
export const isColorful = ({ stdout, environment }: Shell): boolean =>
  stdout.isTTY === true && !environment['NO_COLOR'] && environment['TERM'] !== 'dumb';
