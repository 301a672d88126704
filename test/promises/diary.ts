import type { TagChanges } from '../../src/activation/tag-changes.ts';
import type { Tags } from '../../src/activation/tags.ts';
import type { Answer, Caller } from './caller.ts';
import { UNHEARD_CODES } from './silence.ts';

/** An activation that someone was given. */
export interface Handed {
  readonly id: string;
  readonly code: string;
  readonly name: string;
  readonly by: Caller;
  readonly tags: Tags;
  /** When it was given, among all that is in the diary. */
  readonly turn: number;
}

/** A wish about one tag of a name. */
export interface Wish {
  readonly name: string;
  readonly key: string;
  /** Null: that it be gone. */
  readonly value: string | null;
  /** The label of its caller, or `operator`. */
  readonly by: string;
  readonly at: Date;
  /** When it was sent and when it was answered, among all that is in the diary. */
  readonly sent: number;
  readonly answered: number;
  /** False when the process was killed before it could answer, or the ledger was silent: it may have been accepted. */
  readonly accepted: boolean;
  /** The node that has it, when the answer said so. */
  readonly node: string | undefined;
}

/** A name that an operator removed, or tried to. */
export interface Removal {
  readonly name: string;
  /** When it was answered, among all that is in the diary. */
  readonly answered: number;
}

export interface Answered {
  readonly requestId: string;
  readonly who: Pick<Caller, 'proof' | 'subject'> | 'operator';
  readonly status: number;
  readonly code: string | undefined;
  readonly at: Date;
}

/** What the service told its callers: what it is held to. */
export interface Diary {
  readonly handed: Handed[];
  /** Those that were not refused, the earliest first. */
  readonly wishes: Wish[];
  readonly answered: Answered[];
  /** What must be written nowhere, beside the codes of activations. */
  readonly secrets: string[];
  /** Nodes whose agent reported at least once. */
  readonly reported: Set<string>;
  /** Nodes deregistered behind the service's back. */
  readonly deregistered: string[];
  readonly removals: Removal[];
  /** One later each time. */
  turn(): number;
  note(
    wish: Omit<Wish, 'key' | 'value' | 'answered' | 'accepted' | 'node'>,
    changes: TagChanges,
    answer: Answer,
  ): void;
}

export const startDiary = (): Diary => {
  const wishes: Wish[] = [];
  let turns = 0;
  return {
    handed: [],
    wishes,
    answered: [],
    secrets: [],
    reported: new Set(),
    deregistered: [],
    removals: [],
    turn: () => ++turns,
    note: (wish, changes, answer) => {
      // A ledger that was silent may have taken it, or yet take it.
      const isUnheard = answer === undefined || UNHEARD_CODES.includes(answer.code ?? '');
      if (!isUnheard && answer.status >= 300) return;
      const [answered, accepted] = [++turns, !isUnheard];
      for (const [key, value] of Object.entries(changes)) {
        wishes.push({ ...wish, key, value, answered, accepted, node: answer?.node });
      }
    },
  };
};
