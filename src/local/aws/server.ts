/**
 * The embedded AWS: as much of Systems Manager, on one HTTP port, as the AWS SDK, the `aws` CLI and the real
 * amazon-ssm-agent need to create activations, register and stay online. For a developer's machine and for tests:
 * nodes must prove themselves as they do to AWS, and operators sign with the secret that the server was given.
 */
import { randomUUID } from 'node:crypto';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { setTimeout as delay } from 'node:timers/promises';
import { createKnownHosts } from '../../edge/known-hosts.ts';
import { AwsError, type AwsErrorCode } from './errors.ts';
import type { SsmEvent } from './events.ts';
import { createTrouble, type Faults } from './faults.ts';
import { forgetfulJournal, openJournal } from './journal.ts';
import { findOperation, type OperationName } from './operations.ts';
import { createReplicas } from './replicas.ts';
import type { Service } from './service.ts';
import { createPageCuts } from './sparse-pages.ts';
import { loadState } from './state.ts';
import { requireClient } from './visitors.ts';

export interface EmbeddedAws {
  /** `http://host:port` */
  readonly url: string;
  /** Lets calls under way finish, held polls at once. */
  close(): Promise<void>;
}

export interface EmbeddedAwsCall {
  /** `Unknown` for a target that is no operation here. */
  readonly operation: OperationName | 'Unknown';
  readonly code: 'ok' | AwsErrorCode;
}

export interface EmbeddedAwsOptions {
  readonly host: string;
  /** Further names that it answers to. */
  readonly hosts?: readonly string[];
  /** 0 takes a free one. */
  readonly port: number;
  readonly region: string;
  readonly accountId?: string;
  /** The secret access key of operators, under any id; absent, any signature passes for theirs: for tests. */
  readonly operatorSecret?: string;
  /** Where the state is kept; absent, it is lost at close. One process at a time. */
  readonly dataDir?: string;
  readonly clock: () => Date;
  /** A node silent for longer is ConnectionLost; ten minutes by default. */
  readonly connectionLostAfterMs?: number;
  readonly faults?: Faults;
  /** For the faults only: numbers in [0, 1). */
  readonly random?: () => number;
  readonly onCall?: (call: EmbeddedAwsCall) => void;
  /** Called once the change is in the journal, before its caller has the answer. */
  readonly onEvent?: (event: SsmEvent) => void;
}

const maxBodyBytes = 1024 * 1024;
const closeGraceMs = 1000;
const contentType = 'application/x-amz-json-1.1';

async function readBody(request: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of request.iterator({ destroyOnReturn: false })) {
    size += chunk.length;
    if (size > maxBodyBytes) throw new AwsError('RequestEntityTooLargeException');
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}

/** Nobody can call a server by the address that means all of its addresses. */
function hostInUrl(host: string): string {
  if (host === '0.0.0.0') return '127.0.0.1';
  if (host === '::') return '[::1]';
  return host.includes(':') ? `[${host}]` : host;
}

function send(response: ServerResponse, status: number, body: object | undefined): void {
  response.writeHead(status, {
    'content-type': contentType,
    'x-amzn-requestid': randomUUID(),
  });
  response.end(body && JSON.stringify(body));
}

export async function startEmbeddedAws(options: EmbeddedAwsOptions): Promise<EmbeddedAws> {
  const { clock, faults = {}, random = Math.random, onCall = () => {}, onEvent = () => {} } = options;
  const closing = new AbortController();
  const journal = options.dataDir === undefined ? forgetfulJournal : await openJournal(options.dataDir);
  const replicas = createReplicas(faults, clock, random);
  const state = await loadState(journal, replicas);
  const service: Service = {
    state,
    read: () => replicas.read(state),
    knowsOf: replicas.knowsOf,
    cutPage: createPageCuts(faults, random),
    missingRoles: () => faults.missingRoles ?? [],
    mostActivations: () => faults.mostActivations ?? Number.POSITIVE_INFINITY,
    foreign: () => ({ activations: faults.foreignActivations, nodes: faults.foreignNodes }),
    clock,
    region: options.region,
    accountId: options.accountId ?? '000000000000',
    connectionLostAfterMs: options.connectionLostAfterMs ?? 10 * 60_000,
    operatorSecret: options.operatorSecret,
    emit: onEvent,
    closing: closing.signal,
  };
  const isKnownHost = createKnownHosts([options.host, ...(options.hosts ?? [])]);
  const trouble = createTrouble(faults, clock, random);

  async function perform(request: IncomingMessage, found: ReturnType<typeof findOperation>): Promise<object> {
    const body = await readBody(request);
    requireClient(request, isKnownHost);
    const { method = '', url: path = '', headers } = request;
    if (!found || method !== 'POST' || path !== '/' || !headers['content-type']?.startsWith(contentType))
      throw new AwsError('UnknownOperationException');
    const { name, operation } = found;
    return trouble(name, operation.plane, () => operation.run(service, { method, path, headers, body }));
  }

  async function handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const found = findOperation(String(request.headers['x-amz-target'] ?? ''));
    const operation = found?.name ?? 'Unknown';
    const answer = await perform(request, found).catch((error: unknown) => {
      if (error instanceof AwsError) return error;
      // Only a fault of this program or its disk gets here; a caller that hung up gets nothing anyway.
      if (!request.destroyed) console.error(error);
      return new AwsError('InternalServerError');
    });
    if (faults.latencyMs)
      await delay(faults.latencyMs, undefined, { signal: closing.signal }).catch(() => {});
    onCall({ operation, code: answer instanceof AwsError ? answer.code : 'ok' });
    if (found && faults.loseAnswer?.(found.name)) response.destroy();
    else if (answer instanceof AwsError) send(response, answer.status, answer.body);
    else send(response, 200, answer);
  }

  const underWay = new Set<Promise<void>>();
  const server = createServer((request, response) => {
    const handling = handle(request, response).finally(() => underWay.delete(handling));
    underWay.add(handling);
  });
  // Longer than clients keep a connection, so that none is closed under a request.
  server.keepAliveTimeout = 75_000;
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(options.port, options.host, resolve);
  }).catch(async (error: unknown) => {
    await journal.close();
    throw error;
  });

  const address = server.address();
  const port = typeof address === 'object' && address ? address.port : options.port;
  const host = hostInUrl(options.host);
  let closed: Promise<void> | undefined;
  return {
    url: `http://${host}:${port}`,
    close() {
      closed ??= (async () => {
        closing.abort();
        const stopped = new Promise((resolve) => server.close(resolve));
        // A caller that never finishes its request is not waited for.
        await Promise.race([Promise.allSettled(underWay), delay(closeGraceMs, undefined, { ref: false })]);
        server.closeAllConnections();
        await stopped;
        await journal.close();
      })();
      return closed;
    },
  };
}
