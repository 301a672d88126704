import { createServer, request as httpRequest, type IncomingMessage, type ServerResponse } from 'node:http';
import { buffer } from 'node:stream/consumers';
import { setTimeout as sleep } from 'node:timers/promises';
import { type Listener, listen } from './listener.ts';

/** What becomes of a request: it gets through, its answer is lost on the way back, or it is answered right here. */
export type Fate = 'through' | 'answer lost' | { status: number; headers: Record<string, string> };

interface Seen {
  readonly method: string;
  readonly url: string;
  /** When it came, in milliseconds. */
  readonly at: number;
  /** What the target answered, whether or not it got back. */
  answer?: string;
}

export interface Gateway extends Listener {
  readonly seen: Seen[];
}

export interface GatewayOptions {
  /** `body` is the request's. */
  readonly fate?: (request: IncomingMessage, body: string) => Fate;
  readonly port?: number;
  /** How long it holds every request. */
  readonly delayMs?: number;
}

/** Stands between two parties and lets things go wrong. As an HTTP proxy it finds `targetOf` any host name. */
export const startGateway = async (
  targetOf: string | ((host: string) => string),
  { fate = () => 'through', port, delayMs = 0 }: GatewayOptions = {},
): Promise<Gateway> => {
  const seen: Seen[] = [];
  const find = typeof targetOf === 'string' ? () => targetOf : targetOf;
  const pass = async (incoming: IncomingMessage, response: ServerResponse) => {
    const { method = 'GET', url = '/', headers } = incoming;
    const target = find(headers.host ?? '');
    const { pathname, search } = new URL(url, target);
    const entry: Seen = { method, url, at: performance.now() };
    seen.push(entry);
    const body = await buffer(incoming);
    await sleep(delayMs);
    const decision = fate(incoming, body.toString());
    if (typeof decision === 'object') {
      response.writeHead(decision.status, decision.headers).end();
      return;
    }
    const outgoing = httpRequest(
      new URL(pathname + search, target),
      { method, headers, agent: false },
      async (answer) => {
        const content = await buffer(answer);
        entry.answer = content.toString();
        if (decision === 'answer lost') response.destroy();
        else
          response
            .writeHead(answer.statusCode ?? 502, { ...answer.headers, connection: 'close' })
            .end(content);
      },
    );
    outgoing.on('error', () => response.destroy());
    outgoing.end(body);
  };
  return {
    ...(await listen(
      createServer((incoming, response) => void pass(incoming, response)),
      port,
    )),
    seen,
  };
};
