import { createServer } from 'node:http';
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { type CleanMachine, startMachine, whyNoMachine } from '../bootstrap/clean-machine.ts';
import { listen } from '../bootstrap/listener.ts';
import { powerShellFunctions, runPowerShell, testWithPowerShell } from '../bootstrap/run-powershell.ts';
import { runCli } from '../cli/command-line.ts';

const KEY = 'the-key-that-rules-every-machine';

/** Answers everything, and keeps what it was sent to prove an operator. */
const startEavesdropper = async (answer: { status: number; location?: string } = { status: 200 }) => {
  const heard: string[] = [];
  const server = createServer(({ headers }, response) => {
    heard.push(headers.authorization ?? 'nothing');
    const { status, location } = answer;
    response.writeHead(status, { 'content-type': 'application/json', ...(location && { location }) });
    response.end('{"Nodes":[]}');
  });
  const listener = await listen(server);
  onTestFinished(() => listener.close());
  // This address leads here and is none of loopback's: what is sent to it might go anywhere.
  const elsewhere = listener.url.replace('127.0.0.1', '0.0.0.0');
  // The same for PowerShell, which does not connect to the one above: its script knows no such spelling of loopback.
  const other = listener.url.replace('127.0.0.1', '127.1');
  return { heard, here: listener.url, elsewhere, other };
};

const HEARD = [`Bearer ${KEY}`];

describe('the command line', () => {
  const list = (api: string, ...more: readonly string[]) =>
    runCli(['nodes', 'list', '--api', api, ...more], { environment: { OPERATOR_KEY: KEY } });

  test('sends no key over plain HTTP, and says how to', async () => {
    const { heard, elsewhere } = await startEavesdropper();

    const { code, stderr } = await list(elsewhere);

    expect({ code, heard }).toEqual({ code: 2, heard: [] });
    expect(stderr).toContain('--allow-http');
    expect(stderr).not.toContain(KEY);
  });

  test('signs nothing with IAM over plain HTTP either', async () => {
    const { heard, elsewhere } = await startEavesdropper();

    const { code } = await list(elsewhere, '--auth', 'iam');

    expect({ code, heard }).toEqual({ code: 2, heard: [] });
  });

  test('sends it when the operator says so, and to this machine unasked', async () => {
    const asked = await startEavesdropper();
    const own = await startEavesdropper();

    expect((await list(asked.elsewhere, '--allow-http')).code).toBe(0);
    expect((await list(own.here)).code).toBe(0);

    expect([asked.heard, own.heard]).toEqual([HEARD, HEARD]);
  });
});

const obstacle = whyNoMachine();

/** An agent that is registered until it is told to forget its keys. */
const AGENT = '#!/bin/sh\n[ "$2" = -clear ] && touch /etc/cleared; exit 0\n';
const SSM_CLI = `#!/bin/sh
[ -e /etc/cleared ] || echo '{"instance-id":"mi-0123456789abcdef0"}'
`;

describe.skipIf(obstacle !== undefined)(`deregister.sh${obstacle ? ` (skipped: ${obstacle})` : ''}`, () => {
  let machine: CleanMachine;
  beforeAll(async () => {
    machine = await startMachine();
    await machine.write('usr/bin/amazon-ssm-agent', AGENT, 0o755);
    await machine.write('usr/bin/ssm-cli', SSM_CLI, 0o755);
    await machine.write('root/operator-key', KEY, 0o600);
  });
  afterAll(() => machine?.stop());

  const deregister = async (api: string, flags: readonly string[] = [], env: Record<string, string> = {}) => {
    await machine.run(['/bin/sh', '-c', 'rm -f /etc/cleared']);
    const script = '/repository/bootstrap-scripts/linux/deregister.sh';
    return machine.run(
      ['/bin/sh', script, '--api', api, '--operator-key-file', '/root/operator-key', ...flags],
      { env },
    );
  };

  test('sends no key over plain HTTP, and leaves the machine as it was', async () => {
    const { heard, elsewhere } = await startEavesdropper();

    const { code, output } = await deregister(elsewhere);

    expect({ code, heard }, output).toEqual({ code: 2, heard: [] });
    expect(output).toContain('--allow-http');
    await expect(machine.read('etc/cleared')).rejects.toThrow('ENOENT');
  });

  test.each([
    ['a user', 'http://127.0.0.1:80@HOST'],
    ['a backslash', 'http://HOST\\@127.0.0.1'],
    ['a blank', ' http://HOST'],
  ])('sends none to an address with %s, not even when plain HTTP is allowed', async (_what, form) => {
    const { heard, here } = await startEavesdropper();

    const { code } = await deregister(form.replace('HOST', here.replace('http://', '')), ['--allow-http']);

    expect({ code, heard }).toEqual({ code: 2, heard: [] });
  });

  test('sends it when the operator says so, by flag or variable, and to this machine unasked', async () => {
    const flag = await startEavesdropper();
    const variable = await startEavesdropper();
    const own = await startEavesdropper();

    const ended = [
      await deregister(flag.elsewhere, ['--allow-http']),
      await deregister(variable.elsewhere, [], { SSM_ACTIVATION_ALLOW_HTTP: '1' }),
      await deregister(own.here),
    ];

    expect(ended.map(({ code }) => code)).toEqual([0, 0, 0]);
    expect([flag.heard, variable.heard, own.heard]).toEqual([HEARD, HEARD, HEARD]);
  });

  test('gives it to no proxy of the environment on its way to this machine', async () => {
    const proxy = await startEavesdropper();
    const own = await startEavesdropper();

    const { code } = await deregister(own.here, [], { http_proxy: proxy.here, ALL_PROXY: proxy.here });

    expect({ code, own: own.heard, proxy: proxy.heard }).toEqual({ code: 0, own: HEARD, proxy: [] });
  });

  test("takes no orders from a file of curl's in whatever HOME it is given", async () => {
    const proxy = await startEavesdropper();
    const own = await startEavesdropper();
    await machine.write('tmp/.curlrc', `url = "${proxy.here}"\nconnect-to = "::${proxy.here.slice(7)}"\n`);

    const { code } = await deregister(own.here, [], { HOME: '/tmp', CURL_HOME: '/tmp' });

    expect({ code, own: own.heard, proxy: proxy.heard }).toEqual({ code: 0, own: HEARD, proxy: [] });
  });
});

describe('deregister.ps1', () => {
  const removeNode = async (api: string, allowHttp = false) => {
    const names = ['Test-WebAddress', 'Test-Loopback', 'Get-ApiFault', 'Get-OperatorKey', 'Remove-Node'];
    const source = `function Write-Step([string]$Text) { $script:said += $Text }
      ${await powerShellFunctions('deregister.ps1', names)}
      $said = ''; $OperatorKeyFile = ''; $env:SSM_ACTIVATION_OPERATOR_KEY = $given.key
      $Api = $given.api; $AllowHttp = $given.allowHttp
      ConvertTo-Json @{ removed = (Remove-Node 'mi-0123456789abcdef0'); said = $said }`;
    return runPowerShell(source, { key: KEY, api, allowHttp });
  };

  testWithPowerShell('sends no key over plain HTTP unasked, and none to an address with a user', async () => {
    const { heard, here, other } = await startEavesdropper();

    const plain = await removeNode(other);
    const withUser = await removeNode(here.replace('//', '//127.0.0.1:80@'), true);

    expect(plain).toMatchObject({ removed: false, said: expect.stringContaining('-AllowHttp') });
    expect(withUser).toMatchObject({ removed: false });
    expect(heard).toEqual([]);
  });

  testWithPowerShell('sends it when the operator says so, and to this machine unasked', async () => {
    const { heard, here, other } = await startEavesdropper();

    expect(await removeNode(other, true)).toMatchObject({ removed: true });
    expect(await removeNode(here)).toMatchObject({ removed: true });

    expect(heard).toEqual([...HEARD, ...HEARD]);
  });

  testWithPowerShell('does not follow an answer that leads elsewhere', async () => {
    const thief = await startEavesdropper();
    const { here } = await startEavesdropper({ status: 307, location: `${thief.here}/nodes` });

    expect(await removeNode(here)).toMatchObject({ removed: false });

    expect(thief.heard).toEqual([]);
  });
});
