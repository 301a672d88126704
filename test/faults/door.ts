import * as z from 'zod';

/** A request, however it is sent. */
export interface Call {
  readonly method: 'GET' | 'POST' | 'PUT' | 'DELETE';
  readonly path: string;
  readonly query?: Readonly<Record<string, string>>;
  readonly body?: object;
  /** A bearer token of the machine that calls. */
  readonly bearer?: string;
  /** Whether an operator calls, with what authorises one here. */
  readonly asOperator?: boolean;
}

export interface Answer {
  /** Undefined when there was none in time. */
  readonly status: number | undefined;
  readonly code?: string | undefined;
  readonly retryAfter?: string | undefined;
  readonly seconds: number;
  readonly body: unknown;
}

/** An answer in a few words, as tests show those that are wrong. */
export const inShort = ({ status, code, seconds }: Answer): string =>
  `${[status ?? 'no answer', code].filter(Boolean).join(' ')} after ${seconds.toFixed(1)} s`;

/** One way into the service: a server's port, or a function's handler. */
export interface Door {
  readonly kind: 'server' | 'lambda';
  ask(call: Call): Promise<Answer>;
  close(): Promise<void>;
}

/** API Gateway waits no longer for a function, and a caller need not wait for a server so long. */
export const PATIENCE_MS = 29_000;

const Problem = z.looseObject({ code: z.string() });

const parsed = (text: string): unknown => {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
};

export interface RawAnswer {
  readonly status: number;
  readonly retryAfter: string | undefined;
  readonly text: string;
}

/** Takes the time of an answer, and what it says. */
export const timed = async (send: () => Promise<RawAnswer | undefined>): Promise<Answer> => {
  const start = performance.now();
  const raw = await send();
  const seconds = (performance.now() - start) / 1000;
  if (!raw) return { status: undefined, seconds, body: undefined };
  const body = parsed(raw.text);
  return { ...raw, seconds, body, code: Problem.safeParse(body).data?.code };
};
