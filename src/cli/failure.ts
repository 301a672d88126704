/** How the command ends: what scripts may depend on. */
export const EXIT_CODES = {
  ok: { code: 0, meaning: 'Done. Also when whoever reads the output closes the pipe early.' },
  failed: {
    code: 1,
    meaning: 'An unexpected error, of this program or of the service; or `nodes remove` was not confirmed.',
  },
  usage: { code: 2, meaning: 'The command, its options, its input or the configuration is not valid.' },
  denied: { code: 3, meaning: 'The API does not take this caller for an operator (401, 403).' },
  'not found': { code: 4, meaning: 'There is no such name, node or token (404).' },
  conflict: {
    code: 5,
    meaning:
      'The state of the name does not allow it (409), a prefix is of several names, or `reconcile` found conflicts.',
  },
  unavailable: {
    code: 6,
    meaning: 'The API cannot be reached, did not answer in time, or says to try later (429, 503).',
  },
  refused: { code: 7, meaning: '`identity check` found that the machine would be refused.' },
} as const;
export type Ending = keyof typeof EXIT_CODES;

/** A failure that is told in one line, and ends the command with a code of its own. */
export class Failure extends Error {
  override readonly name = 'Failure';
  readonly ending: Ending;
  /** Further lines: what to do about it. */
  readonly advice: readonly string[];

  constructor(ending: Ending, message: string, advice: readonly string[] = [], options?: ErrorOptions) {
    super(message, options);
    this.ending = ending;
    this.advice = advice;
  }
}
