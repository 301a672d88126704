import {
  ActivationError,
  LedgerUnavailable,
  SystemsManagerUnavailable,
} from '../../src/activation/errors.ts';
import type { MadeCall } from './interruptible.ts';

/** With these a request is answered that may have had its effect, or may yet have it. */
export const UNHEARD_CODES: readonly string[] = ['LedgerUnavailable', 'ServiceUnavailable'];

/** How a call goes wrong while nothing is refused: the answer is not heard, or the call happens when nobody expects it. */
export const SILENCES = ['lost', 'unanswered', 'late', 'orphaned', 'doubled'] as const;
export type Silence =
  /** It never happens, and nobody answers. */
  | 'lost'
  /** It happens, and nobody answers. */
  | 'unanswered'
  /** Nobody answers, and it happens later. */
  | 'late'
  /** Its process is killed meanwhile, and it happens later. */
  | 'orphaned'
  /** It happens and is answered at another try, and an earlier try of it happens later. */
  | 'doubled';

/** Steps of a process that are no calls to the world: nothing can silence them. */
const WITHIN_THE_PROCESS = ['ssm.reserveCall', 'ssm.giveBackCall'];

/** What becomes of a call; `isLate` is given the call that is to happen later. */
export const fallSilent =
  (silence: Silence, isLate: (arrive: MadeCall['arrive']) => void) =>
  async (call: MadeCall): Promise<unknown> => {
    if (WITHIN_THE_PROCESS.includes(call.name)) return call.perform();
    switch (silence) {
      case 'lost':
        throw unanswered(call.name);
      case 'unanswered':
        await call.perform();
        throw unanswered(call.name);
      case 'late':
        isLate(call.arrive);
        throw unanswered(call.name);
      case 'orphaned':
        isLate(call.arrive);
        return call.kill();
      case 'doubled':
        isLate(call.arrive);
        return asOfLaterTry(await call.perform());
    }
  };

const unanswered = (call: string): ActivationError =>
  call.startsWith('ssm.')
    ? new SystemsManagerUnavailable('Systems Manager is silent.', 2, true)
    : new LedgerUnavailable('The ledger is silent.', 2);

/** The answer says that an earlier try may have acted too, where that matters. */
const asOfLaterTry = (answer: unknown): unknown => {
  if (typeof answer !== 'object' || answer === null) return answer;
  if ('mayComeAgain' in answer) return { ...answer, mayComeAgain: true };
  if ('strayPossible' in answer) return { ...answer, strayPossible: true };
  return answer;
};

/** Calls that nobody waits for any more, and that happen all the same. */
export class LateCalls {
  readonly #now: () => Date;
  readonly #boundMs: number;
  #calls: { readonly arrive: MadeCall['arrive']; readonly until: number; steps: number }[] = [];

  /** No call is later than the bound. */
  constructor(now: () => Date, boundMs: number) {
    this.#now = now;
    this.#boundMs = boundMs;
  }

  /** It happens after so many steps. */
  add(arrive: MadeCall['arrive'], steps = Number.POSITIVE_INFINITY): void {
    this.#calls.push({ arrive, until: this.#now().getTime() + this.#boundMs, steps });
  }

  async stepPasses(): Promise<void> {
    for (const call of this.#calls) call.steps -= 1;
    await this.#arrive(({ steps }) => steps <= 0);
  }

  async allArrive(): Promise<void> {
    await this.#arrive(() => true);
  }

  async #arrive(isDue: (call: { readonly steps: number }) => boolean): Promise<void> {
    const due = this.#calls.filter(isDue);
    this.#calls = this.#calls.filter((call) => !isDue(call));
    for (const { arrive, until } of due) {
      if (this.#now().getTime() > until) continue;
      await arrive().catch((error: unknown) => {
        // What it was for is no longer there, or Systems Manager has troubles.
        if (!(error instanceof ActivationError)) throw error;
      });
    }
  }
}
