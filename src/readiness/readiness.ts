import { setTimeout as sleep } from 'node:timers/promises';
import type { Clock } from '../activation/clock.ts';
import { deadlineIn } from '../activation/deadline.ts';
import type { Ports, PortsFor } from '../activation/ports.ts';
import type { Known, SharedVerdict, SharedVerdictFor, Verdict } from './shared-verdict.ts';

export interface Check {
  readonly Status: 'ok' | 'failed' | 'unknown';
  readonly Detail?: string | undefined;
}
export interface Checks {
  readonly Ledger: Check;
  readonly SystemsManager: Check;
}

/** The question is open to all: however often it is asked, a process looks once in so long. */
const LOOKS_APART_MS = 5_000;
/** And all processes together ask Systems Manager once in so long. */
const ASKED_APART_MS = 30_000;
/** Who is to ask has this long; a process that dies over it leaves it to another. */
const CLAIM_MS = 10_000;
/** Machines that a mint turned away come back within a minute; when none does, nothing more is known of the role. */
const ROLE_REMEMBERED_MS = 60_000;
/** For an answer within three seconds. */
const DEADLINE_MS = 2_500;
/** A verdict is worth writing down after the answer too. */
const LOOK_MS = 5_000;
/** While another process asks, its verdict is looked for so often. */
const LOOKS = 5;
const BETWEEN_LOOKS_MS = 400;

export interface ReadinessContext {
  readonly clock: Clock;
  readonly portsFor: PortsFor;
  readonly verdictFor: SharedVerdictFor;
}

/** Whether the service can do its work, answered within three seconds and true within a minute. */
export const createReadiness = ({
  clock,
  portsFor,
  verdictFor,
}: ReadinessContext): (() => Promise<Checks>) => {
  const now = () => clock().getTime();
  /** A verdict from the future was given by a clock that is ahead, or before ours was set back. */
  const isWithin = (at: Date | undefined, milliseconds: number): boolean =>
    at !== undefined && Math.abs(now() - at.getTime()) < milliseconds;

  const ask = async (ports: Ports, shared: SharedVerdict): Promise<Verdict> => {
    const failure = await failureOf(ports.systemsManager(DEADLINE_MS).check());
    const verdict = { failure, at: clock() };
    await shared.write(verdict);
    return verdict;
  };
  const told = (verdict: Verdict): Check =>
    verdict.failure === undefined ? OK : { Status: 'failed', Detail: verdict.failure };

  const systemsManager = async (ports: Ports, shared: SharedVerdict): Promise<Check> => {
    for (let looks = 1; ; looks += 1) {
      const { verdict, nodeRoleUnusableAt }: Known = await shared.read();
      if (isWithin(nodeRoleUnusableAt, ROLE_REMEMBERED_MS)) {
        return { Status: 'failed', Detail: 'NodeRoleUnusable' };
      }
      if (verdict && isWithin(verdict.at, ASKED_APART_MS)) return told(verdict);
      // t1 A and B find no verdict that is fresh, t2 A's claim is written, t3 B's fails: B waits for what A finds out.
      if (await shared.claim(clock(), new Date(now() + CLAIM_MS))) return told(await ask(ports, shared));
      if (looks === LOOKS) return { Status: 'unknown', Detail: 'it is being asked' };
      await sleep(BETWEEN_LOOKS_MS);
    }
  };

  const look = async (): Promise<Checks> => {
    const task = { deadline: deadlineIn(LOOK_MS, { clock }), requestId: 'readyz' };
    const ports = portsFor(task);
    const [ledger, verdict] = await Promise.all([
      inTime(failureOf(ports.ledger.check()), 'LedgerUnavailable'),
      inTime(systemsManager(ports, verdictFor(task)).catch(unknown), unknown(new Error('no answer'))),
    ]);
    return {
      Ledger: ledger === undefined ? OK : { Status: 'failed', Detail: ledger },
      SystemsManager: verdict,
    };
  };

  let last: { readonly at: Date; readonly checks: Promise<Checks> } | undefined;
  return () => {
    if (!last || !isWithin(last.at, LOOKS_APART_MS)) last = { at: clock(), checks: look() };
    return last.checks;
  };
};

const OK: Check = { Status: 'ok' };

/** Without the ledger nobody knows who is to ask, and each process asking by itself is what strangers would want. */
const unknown = (error: unknown): Check => ({
  Status: 'unknown',
  Detail: error instanceof Error ? error.name : 'unknown',
});

const failureOf = async (work: Promise<unknown>): Promise<string | undefined> => {
  try {
    await work;
    return undefined;
  } catch (error) {
    return error instanceof Error ? error.name : 'unknown';
  }
};

const inTime = <T>(work: Promise<T>, otherwise: T): Promise<T> =>
  Promise.race([work, sleep(DEADLINE_MS, otherwise, { ref: false })]);
