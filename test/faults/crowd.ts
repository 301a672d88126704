import { Agent, request } from 'node:http';
import { text } from 'node:stream/consumers';
import { type Answer, type Call, timed } from './door.ts';

/** Callers who come at one moment and hang up at another, unless they were answered. */
export interface Crowd {
  readonly answered: readonly Answer[];
  /** Resolves when each of them was answered or has hung up. */
  readonly gone: Promise<unknown>;
  hangUp(): void;
}

/**
 * A thousand of them must cost this process little, or its own slowness is taken for the server's: each is one plain
 * request on a connection of its own.
 */
export const startCrowd = (url: string, calls: readonly Call[]): Crowd => {
  const agent = new Agent({ maxSockets: Number.POSITIVE_INFINITY });
  const answered: Answer[] = [];
  const callers = calls.map((call) => come(url, call, agent));
  const gone = Promise.all(
    callers.map(async ({ answer }) => {
      const given = await answer;
      if (given.status !== undefined) answered.push(given);
    }),
  );
  return {
    answered,
    gone,
    hangUp: () => {
      for (const caller of callers) caller.hangUp();
    },
  };
};

const come = (url: string, { method, path, query = {} }: Call, agent: Agent) => {
  const asking = request(`${url}${path}?${new URLSearchParams(query)}`, { method, agent });
  const answer = timed(
    () =>
      new Promise((resolve, reject) => {
        asking.on('response', (response) => {
          const { statusCode: status = 0, headers } = response;
          text(response).then(
            (body) => resolve({ status, retryAfter: headers['retry-after'], text: body }),
            reject,
          );
        });
        asking.on('error', () => resolve(undefined));
        asking.end();
      }),
  );
  return { answer, hangUp: () => asking.destroy() };
};
