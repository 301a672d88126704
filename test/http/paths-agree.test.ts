import { connect } from 'node:net';
import { text } from 'node:stream/consumers';
import fc from 'fast-check';
import { expect, onTestFinished, test } from 'vitest';
import * as z from 'zod';
import { ROUTES } from '../../infra/routes.ts';
import { createApiGatewayHandler } from '../../src/http/api-gateway.ts';
import { Policy } from '../../src/policy/policy.ts';
import { OPERATOR, startService } from '../service.ts';
import { CONTEXT, restEvent } from './api-gateway-events.ts';

const RUNS = Number(process.env['PROPERTY_RUNS'] ?? 200);
/** In place of the address that each of them would be asked at. */
const PUBLIC_URL = 'https://ssm.example/latest';
const ARN = 'arn:aws:iam::111122223333:user/alice';
/** Lets no machine in: every call is answered by its route and leaves nothing behind. */
const NOBODY = Policy.parse({});

const Problem = z.object({ status: z.int(), code: z.string(), detail: z.string() });
type Problem = z.infer<typeof Problem>;

/** What tells which route answered, and with which parameters: details repeat the names that they are about. */
const answerOf = (body: string): Problem | string => {
  if (!body.startsWith('{"type":')) return body;
  return Problem.parse(JSON.parse(body));
};

const startBoth = async () => {
  const { app, context } = await startService({ publicUrl: PUBLIC_URL }, NOBODY);
  await app.listen({ host: '127.0.0.1', port: 0 });
  onTestFinished(() => app.close());
  const port = Number(new URL(app.listeningOrigin).port);
  const handler = createApiGatewayHandler({ ...context, publicUrl: PUBLIC_URL });
  return {
    /** Byte for byte: a client would make a path of its own of it. */
    bySocket: async (method: string, path: string) => {
      const socket = connect(port, '127.0.0.1');
      const head = [`${method} ${path} HTTP/1.1`, 'Host: localhost', 'Connection: close'];
      socket.write([...head, `Authorization: ${OPERATOR.authorization}`, '', ''].join('\r\n'), 'latin1');
      const answer = await text(socket);
      return answerOf(answer.slice(answer.indexOf('\r\n\r\n') + 4));
    },
    byEvent: async (method: string, path: string) => {
      const event = restEvent({ method, path, sourceIp: '10.1.2.3', userArn: ARN });
      const { body } = await handler(event, CONTEXT);
      return answerOf(body);
    },
  };
};

const method = fc.constantFrom('GET', 'POST', 'PUT', 'DELETE');
const literal = fc.constantFrom(...new Set(ROUTES.flatMap(({ path }) => path.split('/').slice(1))));
/** Spellings that one reader or another takes for a step, a separator, nothing, or something else than the next reader. */
const odd = fc.constantFrom(
  ...[
    '.',
    '..',
    '%2e',
    '%2E%2e',
    '%252e',
    '\\',
    '%5c',
    '%5C..',
    '%2f',
    '%2F..%2F',
    '..%2f',
    '',
    '%00',
    '%7f',
  ],
  ...['%', '%4', '%zz', '%ff', '%c3', '%c3%a9', '%6e', 'x%2Ftags', 'x%2Frelease', ';', ';a=b', '#', '*', '@'],
  ...[
    'latest',
    'LATEST',
    'Nodes',
    '%e2%80%ae',
    '+',
    '%20',
    '%25',
    '|',
    '^',
    '"',
    '<',
    '`',
    '{',
    '}',
    ':',
    "'",
  ],
);
const written = fc
  .string({ unit: 'grapheme', minLength: 1, maxLength: 6 })
  .map((name) => encodeURIComponent(name));
const raw = fc.string({
  unit: fc.integer({ min: 0x21, max: 0x7e }).map((code) => String.fromCharCode(code)),
});
const segment = fc.oneof(
  { weight: 6, arbitrary: literal },
  { weight: 3, arbitrary: odd },
  { weight: 2, arbitrary: written },
  raw.map((text) => text.replaceAll('?', '')),
  fc.tuple(literal, odd).map(([word, more]) => word + more),
);
const path = fc.array(segment, { minLength: 1, maxLength: 4 }).map((segments) => `/${segments.join('/')}`);

const isRefused = (answer: Problem | string): boolean =>
  typeof answer !== 'string' && answer.status >= 400 && answer.status < 500;

test('a path has the same answer by a socket and behind API Gateway, whatever its spelling', async () => {
  const both = await startBoth();

  await fc.assert(
    fc.asyncProperty(method, path, async (verb, spelled) => {
      const bySocket = await both.bySocket(verb, spelled);
      const byEvent = await both.byEvent(verb, spelled);

      // The stage is no part of what API Gateway hands on: there, it is a route that is not.
      if (/^\/latest(?:\/|$)/.test(spelled)) expect(isRefused(byEvent)).toBe(true);
      else expect(byEvent).toEqual(bySocket);
    }),
    { numRuns: RUNS },
  );
});

test('a path that is answered by a route is that route to the letter', async () => {
  const both = await startBoth();
  const fits = (route: string, spelled: string) => {
    const parts = route.split('/');
    const segments = spelled.split('/');
    return (
      parts.length === segments.length &&
      parts.every((part, index) => (part.startsWith('{') ? segments[index] !== '' : part === segments[index]))
    );
  };

  await fc.assert(
    fc.asyncProperty(method, path, async (verb, spelled) => {
      const answer = await both.bySocket(verb, spelled.replace(/^\/latest(?=\/|$)/, ''));

      const isOfRoute = ROUTES.some(
        (route) => route.method === verb && fits(route.path, spelled.replace(/^\/latest(?=\/|$)/, '')),
      );
      if (!isOfRoute) expect(isRefused(answer)).toBe(true);
    }),
    { numRuns: RUNS },
  );
});

test.each(ROUTES.filter(({ path: route }) => /\{id\}\/\w+$/.test(route)).map(({ path: route }) => route))(
  'no machine is removed by a path that reads as %s once its slash is decoded',
  async (route) => {
    const both = await startBoth();
    const disguised = `/nodes/x%2F${route.split('/').at(-1)}`;

    const answers = [await both.bySocket('DELETE', disguised), await both.byEvent('DELETE', disguised)];

    for (const answer of answers) {
      expect(answer).toMatchObject({ code: 'InvalidRequest', detail: expect.stringContaining('mi- id') });
    }
  },
);
