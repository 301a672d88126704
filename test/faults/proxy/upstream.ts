import { Agent, type IncomingMessage, type RequestOptions, request as send } from 'node:http';
import { buffer } from 'node:stream/consumers';

/** What is behind a proxy: a port of this machine, or a socket of the file system. */
export type Address = { readonly port: number } | { readonly socketPath: string };

export interface UpstreamAnswer {
  readonly status: number;
  /** Names and values in turn, as they came. */
  readonly headers: readonly string[];
  readonly body: Buffer;
}

/** They are told anew, for the proxy's own connection. */
const OF_THE_HOP = ['connection', 'keep-alive', 'transfer-encoding', 'content-length'];

const withoutHop = (raw: readonly string[]): string[] =>
  raw.flatMap((name, index) =>
    index % 2 === 1 || OF_THE_HOP.includes(name.toLowerCase()) ? [] : [name, raw[index + 1] ?? ''],
  );

export const createUpstream = (address: Address) => {
  const agent = new Agent({ keepAlive: true });
  const options: RequestOptions = 'port' in address ? { ...address, host: '127.0.0.1' } : { ...address };
  return {
    forward: ({ method, url, headers }: IncomingMessage, body: Buffer): Promise<UpstreamAnswer> =>
      new Promise((resolve, reject) => {
        const outgoing = send({ ...options, agent, method, path: url, headers });
        outgoing.on('error', reject);
        outgoing.on('response', (answer) => {
          const { statusCode = 0, rawHeaders } = answer;
          buffer(answer).then(
            (content) => resolve({ status: statusCode, headers: withoutHop(rawHeaders), body: content }),
            reject,
          );
        });
        outgoing.end(body);
      }),
    close: () => agent.destroy(),
  };
};
