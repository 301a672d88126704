import type { IncomingMessage, ServerResponse } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Fault } from './fault.ts';
import { awsError, emptyAnswer, pageOf } from './rubbish.ts';
import type { UpstreamAnswer } from './upstream.ts';

/** A request that was received whole, and what can be done about it. */
export interface Exchange {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  /** Lets the call take effect. */
  readonly forward: () => Promise<UpstreamAnswer>;
  /** Whether an earlier request came over its connection, some time ago. */
  readonly wasIdle: boolean;
  /** Breaks all connections that were idle when it came. */
  readonly closeIdle: () => void;
}

const DRIP_MS = 300;

/** Does to a call what its fault says. What it leaves unanswered ends when the client hangs up. */
export const inflict = async (fault: Fault, exchange: Exchange): Promise<void> => {
  const { request, response, forward, wasIdle, closeIdle } = exchange;
  switch (fault.kind) {
    case 'none':
      return answer(response, await forward());
    case 'silent':
      return;
    case 'unanswered':
      await forward();
      return;
    case 'stall': {
      const { status, headers, body } = await forward();
      response.writeHead(status, [...headers, 'content-length', String(Math.max(1, body.length))]);
      response.flushHeaders();
      return;
    }
    case 'drip':
      return drip(response, await forward());
    case 'slow':
      await sleep(fault.ms);
      return response.destroyed ? undefined : answer(response, await forward());
    case 'late':
      await sleep(fault.ms);
      return answer(response, await forward());
    case 'reset':
      await sleep(fault.ms);
      return cut(request);
    case 'reset after':
      await forward();
      return cut(request);
    case 'close idle':
      return wasIdle ? closeIdle() : answer(response, await forward());
    case 'refuse connections':
      return cut(request);
    case 'page':
      return answer(response, pageOf(fault.status));
    case 'truncated':
      return truncate(response, await forward(), fault.told);
    case 'empty':
      return answer(response, emptyAnswer(fault.status));
    case 'error':
      return answer(response, awsError(fault.name, request.headers['content-type'] ?? ''));
  }
};

const answer = (response: ServerResponse, { status, headers, body }: UpstreamAnswer): void => {
  if (response.destroyed) return;
  response.writeHead(status, [...headers, 'content-length', String(body.length)]);
  response.end(body);
};

const cut = ({ socket }: IncomingMessage): void => {
  socket.resetAndDestroy();
};

/** Space before JSON is none of it: the answer begins properly, and goes on for ever. */
const drip = async (response: ServerResponse, { status, headers }: UpstreamAnswer): Promise<void> => {
  response.writeHead(status, [...headers, 'transfer-encoding', 'chunked']);
  while (!response.destroyed) {
    response.write(' ');
    await sleep(DRIP_MS);
  }
};

const truncate = (
  response: ServerResponse,
  { status, headers, body }: UpstreamAnswer,
  told: 'whole' | 'half',
): void => {
  const half = body.subarray(0, Math.floor(body.length / 2));
  const length = told === 'whole' ? body.length : half.length;
  response.writeHead(status, [...headers, 'content-length', String(length)]);
  if (told === 'half') response.end(half);
  else response.write(half, () => response.socket?.end());
};
