import { connect } from 'node:net';
import { text } from 'node:stream/consumers';

export interface RawAnswer {
  readonly status: number;
  /** The status line and the headers, in lower case. */
  readonly head: string;
  readonly body: string;
  /** The code of a problem, of this service or of the embedded AWS. */
  readonly code: string | undefined;
}

export interface RawRequest {
  readonly method?: string;
  readonly target: string;
  /** As they are sent: a Host of one's own, two of them, or none. */
  readonly headers: readonly (readonly [name: string, value: string])[];
  readonly body?: string;
  /** The address to come from: Linux has all of 127.0.0.0/8. */
  readonly from?: string;
}

/** Sends to a server what no client library would. */
export const sendRaw = async (
  url: string,
  { method = 'GET', target, headers, body = '', from }: RawRequest,
): Promise<RawAnswer> => {
  const { hostname, port } = new URL(url);
  const socket = connect({ host: hostname, port: Number(port), ...(from && { localAddress: from }) });
  const lines = [...headers, ['Content-Length', String(Buffer.byteLength(body))], ['Connection', 'close']];
  const head = lines.map(([name, value]) => `${name}: ${value}\r\n`).join('');
  socket.write(`${method} ${target} HTTP/1.1\r\n${head}\r\n${body}`);
  const answer = await text(socket);
  const [answerHead = '', ...rest] = answer.split('\r\n\r\n');
  const answered = rest.join('\r\n\r\n');
  return {
    status: Number(answerHead.split(' ')[1]),
    head: answerHead.toLowerCase(),
    body: answered,
    code: /"(?:code|__type)":"(\w+)"/.exec(answered)?.[1],
  };
};
