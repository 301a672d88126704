/** How long a write takes until reads show it. */
import type { Activation, ManagedNode } from './records.ts';

/** What one write changed: a record's being there, or one part of it that reads show apart from the others. */
export type Aspect =
  | 'creation'
  | 'registrations'
  | 'deletion'
  | 'registration'
  | 'ping'
  | 'silence'
  | 'tags'
  | 'role'
  | 'deregistration';

export interface Write {
  readonly of: 'activation' | 'node';
  readonly id: string;
  readonly aspect: Aspect;
  /** Epoch milliseconds. */
  readonly at: number;
}

export const creationOf = ({ id, createdAt: at }: Activation): Write => ({
  of: 'activation',
  id,
  aspect: 'creation',
  at,
});

export const registrationOf = ({ id, registeredAt: at }: ManagedNode): Write => ({
  of: 'node',
  id,
  aspect: 'registration',
  at,
});

/**
 * Milliseconds. A number holds for every write and read. Of a range, each write draws its own for each replica, and each
 * read asks one replica. A function is asked at each read about each write that could still be hidden.
 */
export type Lag = number | { readonly from: number; readonly to: number } | ((write: Write) => number);

/** What a function answers beyond this is cut to it, for what is hidden has to be remembered. */
export const longestLagMs = 10 * 60_000;

/** A write may be hidden this long, and no longer. */
export function mostOf(lag: Lag): number {
  if (typeof lag === 'number') return lag;
  return typeof lag === 'function' ? longestLagMs : lag.to;
}

/** `draw` gives a number in [0, 1). */
export function lagFor(lag: Lag, write: Write, draw: () => number): number {
  if (typeof lag === 'number') return lag;
  if (typeof lag === 'function') return Math.min(lag(write), longestLagMs);
  return lag.from + draw() * (lag.to - lag.from);
}
