import { STATUS_CODES } from 'node:http';
import type { Socket } from 'node:net';
import { InvalidRequest } from '../activation/errors.ts';
import type { NewId } from '../activation/ports.ts';
import { problemOf } from './problem.ts';

interface BrokenHttpContext {
  readonly newId: NewId;
  readonly random: () => number;
}

/** Answers what the HTTP parser could not read, over-long headers among it, and ends the connection. */
export const refuseBrokenHttp =
  ({ newId, random }: BrokenHttpContext) =>
  (parserError: Error, socket: Socket): void => {
    if (!socket.writable) return void socket.destroy(parserError);
    const message = 'The request is not valid HTTP, or its headers are too long.';
    const error = new InvalidRequest([{ field: '', message }]);
    const requestId = newId();
    const { status, headers, body } = problemOf(error, requestId, random);
    const text = JSON.stringify(body);
    const lines = Object.entries({
      ...headers,
      'cache-control': 'no-store',
      'x-request-id': requestId,
      'content-length': Buffer.byteLength(text),
      connection: 'close',
    }).map(([name, value]) => `${name}: ${value}\r\n`);
    socket.end(`HTTP/1.1 ${status} ${STATUS_CODES[status]}\r\n${lines.join('')}\r\n${text}`);
  };
