import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { whyNoMachine } from './clean-machine.ts';
import { type Fate, startGateway } from './gateway.ts';
import { type Stage, setStage } from './stage.ts';

const obstacle = whyNoMachine();
const OUTAGE_MS = Number(process.env['BOOTSTRAP_TEST_OUTAGE_MS'] ?? (process.env['CI'] ? 20_000 : 6_000));
const PATIENCE_MS = 50_000;

/** The first request for an activation has a fate of its own. */
const firstActivation = (fate: Fate) => {
  let met = false;
  return ({ url = '' }: { url?: string | undefined }): Fate => {
    if (met || !url.includes('/activate')) return 'through';
    met = true;
    return fate;
  };
};

describe.skipIf(obstacle !== undefined)(
  `when the API fails${obstacle ? ` (skipped: ${obstacle})` : ''}`,
  () => {
    let stage: Stage;
    beforeAll(async () => {
      stage = await setStage();
    });
    afterAll(() => stage?.close());

    test.concurrent(
      `the API is down for ${OUTAGE_MS / 1000} s, then up: the machine waits for it`,
      { timeout: PATIENCE_MS },
      () =>
        stage.onMachine({}, async ({ bootstrap, instanceId }) => {
          // Below the ports that the kernel hands out, so that nobody else takes it in the meantime.
          const port = 20_000 + (process.pid % 10_000);
          const url = `http://127.0.0.1:${port}`;
          const run = bootstrap([], { env: { SSM_ACTIVATION_API: url } });
          await sleep(OUTAGE_MS);
          const gateway = await startGateway(stage.service.url, { port });
          const { code, output } = await run;
          await gateway.close();
          expect(code, output).toBe(0);
          expect(output).toContain('no answer: ');
          await stage.onlineOnce(instanceId);
        }),
    );

    test.concurrent('the API never comes up: exit code 8 at the deadline, and a message that says so', () =>
      stage.onMachine({}, async ({ bootstrap }) => {
        const env = { SSM_ACTIVATION_API: 'http://127.0.0.1:9', SSM_ACTIVATION_DEADLINE: '3' };
        const { code, output } = await bootstrap([], { env });
        expect(code, output).toBe(8);
        expect(output).toContain('Nothing was registered; run this again');
      }));

    test.concurrent('503 with Retry-After: no second request before that time has passed', () =>
      stage.onMachine({}, async ({ bootstrap, instanceId }) => {
        const fate = firstActivation({ status: 503, headers: { 'retry-after': '3' } });
        const gateway = await startGateway(stage.service.url, { fate });
        const { code, output } = await bootstrap([], { env: { SSM_ACTIVATION_API: gateway.url } });
        const [first, second] = gateway.seen.filter(({ url }) => url.includes('/activate'));
        await gateway.close();
        expect(code, output).toBe(0);
        expect((second?.at ?? 0) - (first?.at ?? 0)).toBeGreaterThanOrEqual(3000);
        await stage.onlineOnce(instanceId);
      }));

    test.concurrent('the answer is lost after minting: the machine asks again and registers once', () =>
      stage.onMachine({}, async ({ bootstrap, instanceId }) => {
        const gateway = await startGateway(stage.service.url, { fate: firstActivation('answer lost') });
        const { code, output } = await bootstrap([], { env: { SSM_ACTIVATION_API: gateway.url } });
        const asked = gateway.seen.filter(({ url }) => url.includes('/activate'));
        await gateway.close();
        expect(code, output).toBe(0);
        expect(asked).toHaveLength(2);
        await stage.onlineOnce(instanceId);
      }));

    test.concurrent('409: another machine has the name; exit code 6, and the agent is not touched', () =>
      stage.onMachine({}, async (holder) => {
        const { Token: token } = await stage.service.token('db-*');
        const flags = ['--name', 'db-1', '--token-file', '-'];
        const first = await holder.bootstrap(flags, { input: `${token}\n` });
        expect(first).toMatchObject({ code: 0 });
        await stage.onMachine({}, async (latecomer) => {
          const { code, output } = await latecomer.bootstrap(flags, { input: token });
          expect(code, output).toBe(6);
          expect(output).toContain('409 AlreadyRegistered');
          expect(output).toContain('POST /nodes/NAME/release');
          await expect(latecomer.machine.read('var/log/calls')).rejects.toThrow('ENOENT');
        });
        await stage.onlineOnce('db-1');
      }));

    test.concurrent('the join token is revoked: exit code 5, and whom to ask for another', () =>
      stage.onMachine({}, async ({ bootstrap }) => {
        const { Token: token, TokenId } = await stage.service.token('app-*');
        await stage.service.operator('DELETE', `/tokens/${TokenId}`);
        const { code, output } = await bootstrap(['--name', 'app-1'], {
          env: { SSM_ACTIVATION_TOKEN: token },
        });
        expect(code, output).toBe(5);
        expect(output).toContain('403 TokenRevoked');
        expect(output).toContain('Get a new join token from an operator');
      }));

    test.concurrent('there is no metadata service: exit code 4, and what to do instead', () =>
      stage.onMachine({}, async ({ bootstrap }) => {
        const { code, output } = await bootstrap(['--metadata-url', 'http://127.0.0.1:9']);
        expect(code, output).toBe(4);
        expect(output).toContain('get a join token from an operator');
      }));

    test.concurrent('the only way out is a proxy: the API, the download and the agent get it, metadata does not', () =>
      stage.onMachine({}, async ({ machine, bootstrap, instanceId }) => {
        const targets = new Map([
          ['api.example.internal', stage.service.url],
          ['downloads.example.internal', stage.download.url],
        ]);
        const proxy = await startGateway((host) => targets.get(host) ?? 'http://127.0.0.1:9');
        const flags = ['--proxy', proxy.url, '--allow-http'];
        const env = {
          SSM_ACTIVATION_API: 'http://api.example.internal',
          SSM_ACTIVATION_DOWNLOAD_URL: 'http://downloads.example.internal',
        };
        const { code, output } = await bootstrap(flags, { env });
        await proxy.close();
        expect(code, output).toBe(0);
        const hosts = new Set(proxy.seen.map(({ url }) => new URL(url).host));
        expect([...hosts].sort()).toEqual([...targets.keys()]);
        const dropIn = 'etc/systemd/system/amazon-ssm-agent.service.d/ssm-activation-proxy.conf';
        expect(await machine.read(dropIn)).toContain(`Environment="https_proxy=${proxy.url}"`);
        await stage.onlineOnce(instanceId);
      }));
  },
);
