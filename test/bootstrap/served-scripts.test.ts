import { execFileSync } from 'node:child_process';
import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { createApiGatewayHandler } from '../../src/http/api-gateway.ts';
import type { AppContext } from '../../src/http/app-context.ts';
import { CONTEXT, DOMAIN, restEvent } from '../http/api-gateway-events.ts';
import { startService } from '../service.ts';

const serve = async (changes: Partial<AppContext> = {}) => (await startService(changes)).app;

/** What a shell makes of the served script's own settings. */
const settingsIn = (script: string): string => {
  const assignments = script.split('\n').filter((line) => /^default_(api|region)=/.test(line));
  return execFileSync(
    'sh',
    ['-c', `${assignments.join('\n')}\nprintf '%s %s' "$default_api" "$default_region"`],
    {
      encoding: 'utf8',
    },
  );
};

describe('GET /bootstrap/linux and /bootstrap/windows', () => {
  test('the script knows the address it was fetched from, and the region', async () => {
    const app = await serve();
    const response = await app.inject({ url: '/bootstrap/linux', headers: { host: 'api.example:8080' } });
    expect(response.headers).toMatchObject({
      'content-type': 'text/plain; charset=utf-8',
      'cache-control': 'no-store',
    });
    expect(settingsIn(response.body)).toBe('http://api.example:8080 eu-west-1');
  });

  test('the stage stays in the address', async () => {
    const app = await serve();
    const response = await app.inject({
      url: '/latest/bootstrap/linux?x=1',
      headers: { host: 'api.example' },
    });
    expect(settingsIn(response.body)).toBe('http://api.example/latest eu-west-1');
  });

  test('a configured address wins over the Host header', async () => {
    const app = await serve({ publicUrl: 'https://ssm.example/latest' });
    const response = await app.inject({ url: '/bootstrap/linux', headers: { host: 'elsewhere.example' } });
    expect(settingsIn(response.body)).toBe('https://ssm.example/latest eu-west-1');
  });

  test('the Windows script has both as PowerShell strings', async () => {
    const app = await serve();
    const { body } = await app.inject({ url: '/bootstrap/windows', headers: { host: 'api.example' } });
    expect(body).toContain("\n$Default_api = 'http://api.example'\n$Default_region = 'eu-west-1'\n");
  });

  test('whatever a configured address or region holds, the shell takes it as text', async () => {
    const nasty = "https://x/'; touch /tmp/pwned; echo '$(id)`id`$&$1";
    const app = await serve({ publicUrl: nasty, region: "eu-'$(id)'-1" });
    expect(settingsIn((await app.inject('/bootstrap/linux')).body)).toBe(`${nasty} eu-'$(id)'-1`);
    const { body } = await app.inject('/bootstrap/windows');
    expect(body).toContain(`\n$Default_api = '${nasty.replaceAll("'", "''")}'\n`);
  });

  test('no Host header brings anything but a host name and a port into the script', async () => {
    const app = await serve();
    const host = fc.oneof(
      fc.string({ unit: 'binary-ascii', minLength: 1 }),
      fc.constantFrom(
        "a'b",
        'a`id`',
        'a$(id)',
        'a b',
        'a\\',
        'a"b',
        'a;b',
        'a&b',
        'user@host',
        'a/b',
        'a?b',
        'a:99999999',
        '-a',
        '‘a’',
      ),
    );
    await fc.assert(
      fc.asyncProperty(host, async (text) => {
        const response = await app.inject({ url: '/bootstrap/linux', headers: { host: text } });
        if (response.statusCode === 400) return;
        expect(response.statusCode).toBe(200);
        expect(text).toMatch(/^[A-Za-z0-9.:[\]-]+$/);
        expect(settingsIn(response.body)).toBe(`http://${text} eu-west-1`);
      }),
      { numRuns: Number(process.env['PROPERTY_RUNS'] ?? 200) },
    );
  });

  describe('behind API Gateway', () => {
    const fetchFrom = async (changes: object = {}, context: Partial<AppContext> = {}) => {
      const handler = createApiGatewayHandler({ ...(await startService()).context, ...context });
      const event = restEvent({ method: 'GET', path: '/bootstrap/linux', headers: { Host: 'evil.example' } });
      const requestContext = { ...event.requestContext, ...changes };
      return handler({ ...event, requestContext }, CONTEXT);
    };

    test('the address is the one API Gateway names, whatever the Host header says', async () => {
      const { body } = await fetchFrom();
      expect(settingsIn(body)).toBe(`https://${DOMAIN}/latest eu-west-1`);
    });

    test("a domain's own base path stays in the address", async () => {
      const changes = { domainName: 'ssm.example', path: '/machines/bootstrap/linux' };
      const { body } = await fetchFrom(changes);
      expect(settingsIn(body)).toBe('https://ssm.example/machines eu-west-1');
    });

    test('where API Gateway names none, there is no script, and never one with a Host that the caller chose', async () => {
      const { statusCode, body } = await fetchFrom({ domainName: undefined });
      expect(statusCode).toBe(400);
      expect(JSON.parse(body)).toMatchObject({
        code: 'InvalidRequest',
        detail: expect.stringContaining('PUBLIC_URL'),
      });
    });

    test('where API Gateway names none, a configured address is good', async () => {
      const { body } = await fetchFrom(
        { domainName: undefined },
        { publicUrl: 'https://ssm.example/latest' },
      );
      expect(settingsIn(body)).toBe('https://ssm.example/latest eu-west-1');
    });
  });
});
