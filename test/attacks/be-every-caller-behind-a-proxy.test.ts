/** A caller behind a proxy, or beside it, wants to be taken for one that the network rules let in. */
import { readFileSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { runToEnd, startServer, temporaryDirectory } from '../process/server-process.ts';
import { startNginx, whyNoProxy } from './nginx.ts';
import { sendRaw } from './raw-request.ts';

const PUBLIC_URL = 'https://api.example';
const FRIEND = '127.0.0.2';
const STRANGER = '127.0.0.3';

const start = async (cidrs: readonly string[], environment: Readonly<Record<string, string>>) => {
  const directory = await temporaryDirectory();
  const policyFile = join(directory, 'policy.json');
  await writeFile(policyFile, JSON.stringify({ network: [{ cidrs, names: ['*'] }] }));
  return startServer(join(directory, 'data'), { POLICY_FILE: policyFile, PUBLIC_URL, ...environment });
};

interface Ask {
  readonly from: string;
  readonly forwardedFor?: string;
}

const ask = (url: string, { from, forwardedFor }: Ask) =>
  sendRaw(url, {
    target: '/activate?name=web-1',
    headers: [
      ['Host', 'api.example'],
      ...(forwardedFor === undefined ? [] : [['X-Forwarded-For', forwardedFor] as const]),
    ],
    from,
  });

const obstacle = whyNoProxy();

describe.skipIf(obstacle)(`behind nginx${obstacle ? ` (skipped: ${obstacle})` : ''}`, () => {
  /** What the page for operators has them write. */
  const [, documented = ''] =
    /```nginx\nlocation \/ \{\n([^}]*)\}/.exec(readFileSync('docs/operating.md', 'utf8')) ?? [];
  const AS_DOCUMENTED = documented.split('\n').filter((line) => line.includes('proxy_set_header'));

  test('callers are told apart by the address that the proxy saw, whatever they say of themselves', async () => {
    const server = await start([`${FRIEND}/32`], { TRUSTED_PROXIES: '127.0.0.1' });
    const proxy = await startNginx(server.url, AS_DOCUMENTED);

    const stranger = await ask(proxy, { from: STRANGER });
    const liar = await ask(proxy, { from: STRANGER, forwardedFor: FRIEND });
    const longLiar = await ask(proxy, { from: STRANGER, forwardedFor: `${FRIEND}, 127.0.0.1` });
    const friend = await ask(proxy, { from: FRIEND, forwardedFor: 'nonsense' });

    for (const refused of [stranger, liar, longLiar])
      expect(refused).toMatchObject({ status: 401, code: 'InvalidIdentity' });
    expect(friend.status).toBe(200);
    const { body } = await server.call('/events', { as: server.operatorKey });
    const subjects = [body['Events']].flat().map((event) => Object(event).Identity?.Subject);
    expect(new Set(subjects)).toEqual(new Set([STRANGER, FRIEND]));
  });

  test('a proxy that does not say for whom it asks lets nobody in, itself included', async () => {
    const server = await start(['127.0.0.0/8'], { TRUSTED_PROXIES: '127.0.0.1' });
    const proxy = await startNginx(server.url, ['proxy_set_header Host $host;']);

    const answer = await ask(proxy, { from: STRANGER });

    expect(answer).toMatchObject({ status: 403, code: 'AddressNotAllowed' });
    expect(answer.body).toContain('X-Forwarded-For');
  });

  test('the name that the proxy was called by is judged, for it hands that on', async () => {
    const server = await start([`${FRIEND}/32`], { TRUSTED_PROXIES: '127.0.0.1' });
    const proxy = await startNginx(server.url, AS_DOCUMENTED);

    const headers = [['Host', 'evil.example']] as const;
    const answer = await sendRaw(proxy, { target: '/activate?name=web-1', headers, from: FRIEND });

    expect(answer).toMatchObject({ status: 421, code: 'HostUnknown' });
  });
});

describe.skipIf(process.platform !== 'linux')('without a proxy', () => {
  test.each([
    ['no proxy is trusted', 'none'],
    ['another one is', '127.0.0.4'],
  ])('X-Forwarded-For counts for nothing where %s', async (_what, TRUSTED_PROXIES) => {
    const server = await start([`${FRIEND}/32`], { TRUSTED_PROXIES });

    const liar = await ask(server.url, { from: STRANGER, forwardedFor: FRIEND });
    const friend = await ask(server.url, { from: FRIEND, forwardedFor: STRANGER });

    expect(liar).toMatchObject({ status: 401, code: 'InvalidIdentity' });
    expect(friend.status).toBe(200);
  });

  test('X-Forwarded-For counts for nothing where nothing is said of proxies', async () => {
    const server = await start([`${FRIEND}/32`], {
      PUBLIC_URL: 'http://localhost',
      ALLOWED_HOSTS: 'api.example',
    });

    expect((await ask(server.url, { from: STRANGER, forwardedFor: FRIEND })).status).toBe(401);
    expect((await ask(server.url, { from: FRIEND, forwardedFor: STRANGER })).status).toBe(200);
  });
});

describe('a server that is likely to stand behind a proxy of the same machine', () => {
  test('does not start with a rule for loopback, unless it is told of the proxies', async () => {
    const { code, stderr } = await runToEnd({ PUBLIC_URL });

    expect(code).toBe(1);
    expect(stderr).toContain('Set TRUSTED_PROXIES to the addresses of the proxies');
    expect(stderr).toContain('127.0.0.0/8 and ::1/128');
    expect(stderr).not.toMatch(/^ +at /m);
  });
});
