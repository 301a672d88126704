import type { ActivationEvent } from '../../src/activation/events.ts';
import type { NameRecord } from '../../src/activation/record.ts';
import type { Diary } from './diary.ts';
import type { SystemView } from './system.ts';

/** Everything about one name, from all sides. */
export interface NameView {
  readonly name: string;
  readonly record: NameRecord | undefined;
  readonly system: SystemView;
  /** The oldest first. */
  readonly events: readonly ActivationEvent[];
  readonly diary: Diary;
  /** Systems Manager's answers show whatever happened before. */
  readonly settledUntil: Date;
}

/** A broken promise, in a few words. */
export const brokenIf = (isBroken: boolean, promise: string): string[] => (isBroken ? [promise] : []);
