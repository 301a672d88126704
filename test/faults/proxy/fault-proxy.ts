import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import { buffer } from 'node:stream/consumers';
import { freePort } from '../../ledger/free-port.ts';
import { inflict } from './inflict.ts';
import { createRules, type ProxiedCall, type Rule } from './rules.ts';
import { type Address, createUpstream } from './upstream.ts';

/** A proxy before an AWS service, which does to its calls what the rules of the moment say. */
export interface FaultProxy {
  readonly url: string;
  /** Puts rules in force, in place of all others. What was swallowed stays so. */
  set(...rules: readonly Rule[]): Promise<void>;
  heal(): Promise<void>;
  /** Every call that came, in order. */
  readonly calls: readonly ProxiedCall[];
  /** How many clients' connections are open. */
  connections(): number;
  /** How many calls have had no whole answer while their client waits. */
  unanswered(): number;
  close(): Promise<void>;
}

/** A connection that nothing used for so long counts as idle. */
const IDLE_MS = 100;

export const startFaultProxy = async (address: Address): Promise<FaultProxy> => {
  const upstream = createUpstream(address);
  const rules = createRules();
  const calls: ProxiedCall[] = [];
  const connections = new Set<Socket>();
  const idleSince = new Map<Socket, number>();
  let unanswered = 0;
  let refuses = false;

  const idleConnections = (): readonly Socket[] =>
    [...idleSince].flatMap(([socket, since]) => (performance.now() - since > IDLE_MS ? [socket] : []));

  const handle = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const { socket, headers } = request;
    const idle = idleConnections();
    idleSince.delete(socket);
    const body = await buffer(request);
    const operation = String(headers['x-amz-target'] ?? '').replace(/^.*\./, '');
    const call = { operation, body: body.toString() };
    calls.push(call);
    unanswered += 1;
    // Its client may hang up at any moment.
    response.on('error', () => {});
    response.on('close', () => {
      unanswered -= 1;
      if (connections.has(socket)) idleSince.set(socket, performance.now());
    });
    const forward = () => upstream.forward(request, body);
    const closeIdle = () => {
      for (const connection of idle) connection.resetAndDestroy();
    };
    await inflict(rules.faultOf(call), {
      request,
      response,
      forward,
      wasIdle: idle.includes(socket),
      closeIdle,
    });
  };
  const server = createServer((request, response) => {
    handle(request, response).catch(() => request.socket.destroy());
  });
  server.on('connection', (socket) => {
    connections.add(socket);
    socket.on('close', () => {
      connections.delete(socket);
      idleSince.delete(socket);
    });
  });
  // Only a fault may end a connection.
  server.keepAliveTimeout = 600_000;
  server.requestTimeout = 0;
  const port = await freePort();
  const open = async () => {
    server.listen(port, '127.0.0.1');
    await once(server, 'listening');
  };
  const shut = async () => {
    const closed = once(server, 'close');
    server.close();
    server.closeAllConnections();
    await closed;
  };
  await open();

  const set = async (...given: readonly Rule[]): Promise<void> => {
    rules.replace(given);
    const refused = refuses;
    refuses = given.some(({ fault }) => fault.kind === 'refuse connections');
    if (refuses && !refused) await shut();
    if (refused && !refuses) await open();
  };
  return {
    url: `http://127.0.0.1:${port}`,
    set,
    heal: () => set(),
    calls,
    connections: () => connections.size,
    unanswered: () => unanswered,
    close: async () => {
      if (!refuses) await shut();
      upstream.close();
    },
  };
};
