import { execFileSync } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { hasCommand, type Shell, whyNoMachine } from './clean-machine.ts';
import { type Stage, setStage } from './stage.ts';

const SHELLS: readonly Shell[] = ['dash', 'bash', 'busybox'];
const SCRIPTS = fileURLToPath(new URL('../../bootstrap-scripts/', import.meta.url));
const obstacle = whyNoMachine();

/** A test that needs a command of this machine; its name says so where it is skipped. */
const testWith = (command: string, name: string, run: () => void | Promise<void>) =>
  hasCommand(command) ? test.concurrent(name, run) : test.skip(`${name} (skipped: no ${command} here)`);

const checked = (command: string, ...args: readonly string[]): string => {
  try {
    return execFileSync(command, args, { encoding: 'utf8', stdio: 'pipe' });
  } catch (error) {
    const output = error instanceof Error && 'stdout' in error ? `${error.stdout}` : '';
    throw new Error(`${command} ${args.join(' ')}: ${output}`, { cause: error });
  }
};

describe.skipIf(obstacle !== undefined)(`in a clean root${obstacle ? ` (skipped: ${obstacle})` : ''}`, () => {
  let stage: Stage;
  beforeAll(async () => {
    stage = await setStage();
  });
  afterAll(() => stage?.close());

  for (const shell of SHELLS) {
    testWith(shell, `${shell} runs the Linux script to its end`, () =>
      stage.onMachine({ shell }, async ({ bootstrap, instanceId }) => {
        const env = { BASH_COMPAT: '4.2' };
        const { code, output } = await bootstrap(['--follow-up-tags=Ready=yes'], { env });
        expect(code, output).toBe(0);
        const node = await stage.service.node(instanceId);
        expect(node).toMatchObject({ PingStatus: 'Online', Tags: { Ready: 'yes' } });
      }),
    );
  }
});

describe('the shell scripts as they are written', () => {
  const shellScripts = [
    ...['bootstrap.sh', 'deregister.sh'].map((name) => `linux/${name}`),
    ...readdirSync(`${SCRIPTS}examples`).flatMap((name) =>
      name.endsWith('.sh') ? [`examples/${name}`] : [],
    ),
  ];

  testWith('shellcheck', 'shellcheck has nothing to say of them as POSIX sh', () => {
    const files = shellScripts.map((name) => SCRIPTS + name);
    expect(checked('shellcheck', '--shell=sh', '--severity=style', ...files)).toBe('');
  });

  for (const shell of SHELLS) {
    testWith(shell, `${shell} parses them`, () => {
      const sh = shell === 'busybox' ? ['busybox', 'ash'] : [shell];
      for (const name of shellScripts) checked('env', ...sh, '-n', SCRIPTS + name);
    });
  }

  testWith('cloud-init', 'cloud-init accepts its examples', () => {
    const examples = readdirSync(`${SCRIPTS}cloud-init`);
    expect(examples).not.toEqual([]);
    for (const name of examples) {
      expect(checked('cloud-init', 'schema', '--config-file', `${SCRIPTS}cloud-init/${name}`)).toMatch(
        /valid/i,
      );
    }
  });

  testWith('systemd-analyze', 'systemd accepts the units for a first-boot retry', () => {
    const units = ['ssm-activation.service', 'ssm-activation.timer'].map(
      (name) => `${SCRIPTS}systemd/${name}`,
    );
    checked('systemd-analyze', 'verify', '--man=no', ...units);
  });
});

describe('the key that signs ssm-setup-cli', () => {
  testWith('gpg', 'the script carries the key of the fingerprint it pins, still in force', () => {
    const show = ['--batch', '--with-colons', '--import-options', 'show-only', '--import'];
    const sh = `sed -n '/BEGIN PGP/,/END PGP/p' "$1" | gpg ${show.join(' ')}`;
    const listing = checked('sh', '-c', sh, 'sh', `${SCRIPTS}linux/bootstrap.sh`);
    expect(listing).toMatch(/^fpr:+1C5B395CBE5E74E2F1CA21592784DBF388D19D46:/m);
    expect(listing).toMatch(/^pub:[^er]/m);
  });
});
