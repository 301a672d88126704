import type { Readable } from 'node:stream';

/** An output as a command sees it. */
export interface Output {
  write(text: string): boolean;
  once(event: 'drain', listener: () => void): unknown;
  readonly isTTY?: boolean;
  /** The width of the terminal. */
  readonly columns?: number;
}

/** What a command reaches its user through: data on stdout, messages on stderr. */
export interface Shell {
  readonly stdin: Readable;
  readonly stdout: Output;
  readonly stderr: Output;
  readonly environment: NodeJS.ProcessEnv;
  readonly now: () => Date;
}

export const say = (shell: Shell, message: string): void => {
  shell.stderr.write(`${message}\n`);
};

/** Writes as fast as the reader reads. */
export const writeAll = async (output: Output, chunks: AsyncIterable<string>): Promise<void> => {
  for await (const chunk of chunks) {
    if (!output.write(chunk)) await new Promise<void>((resolve) => output.once('drain', resolve));
  }
};

/** Whether colours and redrawing are welcome (https://no-color.org). */
export const isColorful = ({ stdout, environment }: Shell): boolean =>
  stdout.isTTY === true && !environment['NO_COLOR'] && environment['TERM'] !== 'dumb';
