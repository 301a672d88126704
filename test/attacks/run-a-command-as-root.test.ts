import { execFileSync } from 'node:child_process';
import { chmodSync, existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { hasCommand, whyNoMachine } from '../bootstrap/clean-machine.ts';
import { type Stage, setStage } from '../bootstrap/stage.ts';
import { temporaryDirectory } from '../process/server-process.ts';

const scriptOf = (name: string) =>
  fileURLToPath(new URL(`../../bootstrap-scripts/linux/${name}`, import.meta.url));

/** Every command that the scripts run, and those that they look for. */
const COMMANDS =
  'id curl systemctl flock base64 mktemp mkdir rmdir rm ls head tail tr cut sed od cat df grep uname sleep chmod mv dpkg rpm snap gpgv gpg';

/** A directory that another user filled: whatever is run from it says so. */
const plant = async (): Promise<{ directory: string; ran: () => readonly string[] }> => {
  const directory = await temporaryDirectory();
  const log = join(directory, 'ran');
  for (const command of COMMANDS.split(' ')) {
    const path = join(directory, command);
    writeFileSync(path, `#!/bin/sh\necho ${command} >>${log}\nPATH=/usr/bin:/bin exec ${command} "$@"\n`);
    chmodSync(path, 0o755);
  }
  writeFileSync(join(directory, 'rc'), `echo rc >>${log}\n`);
  return { directory, ran: () => (existsSync(log) ? readFileSync(log, 'utf8').trim().split('\n') : []) };
};

const PATHS = [
  '',
  '.',
  ':',
  ':/usr/bin:/bin',
  '/usr/bin::/bin',
  '/usr/bin:/bin:',
  '.:/usr/bin',
  'bin:./:..',
  './',
];
const SHELLS = { dash: ['dash'], bash: ['bash', '--posix'], busybox: ['busybox', 'ash'] };
const DRY = ['--api', 'https://127.0.0.1:9', '--region', 'eu-west-1', '--dry-run', '--proof', 'ec2'];
const METADATA = ['--metadata-url', 'http://127.0.0.1:9', '--metadata-wait', '0'];

const runIn = (directory: string, command: readonly string[], environment: Record<string, string>) => {
  const [program = '', ...args] = command;
  try {
    // The directory's own commands would run by its empty PATH already if this looked for the shell itself.
    execFileSync(`/usr/bin/${program}`, args, { cwd: directory, env: environment, stdio: 'pipe' });
  } catch {
    // How it ends is no matter here: what it ran is.
  }
};

for (const [shell, words] of Object.entries(SHELLS)) {
  const here = hasCommand(shell);
  describe.skipIf(!here)(`under ${shell}${here ? '' : ' (skipped: it is not here)'}`, () => {
    test.each(PATHS)('bootstrap.sh runs nothing of the directory it is in by the PATH "%s"', async (path) => {
      const { directory, ran } = await plant();

      const command = [...words, scriptOf('bootstrap.sh'), ...DRY, ...METADATA];
      runIn(directory, command, { PATH: path, CDPATH: '.' });

      expect(ran()).toEqual([]);
    });

    test.each(PATHS)('deregister.sh runs nothing of it by the PATH "%s"', async (path) => {
      const { directory, ran } = await plant();

      const command = [...words, scriptOf('deregister.sh'), '--state-dir', '/nonexistent/state'];
      runIn(directory, [...command, '--operator-key-file', '/nonexistent/key'], { PATH: path });

      expect(ran()).toEqual([]);
    });
  });
}

test("a directory of the caller's own PATH comes into play no more than the current one", async () => {
  const { directory, ran } = await plant();

  runIn('/', ['dash', scriptOf('bootstrap.sh'), ...DRY, ...METADATA], { PATH: `${directory}:/usr/bin:/bin` });

  expect(ran()).toEqual([]);
});

const obstacle = whyNoMachine();

describe.skipIf(obstacle !== undefined)(`in a clean root${obstacle ? ` (skipped: ${obstacle})` : ''}`, () => {
  let stage: Stage;
  beforeAll(async () => {
    stage = await setStage();
  });
  afterAll(() => stage?.close());

  test('a machine registers and is decommissioned from a directory full of traps, with no PATH to speak of', () =>
    stage.onMachine({}, async ({ machine, env, instanceId }) => {
      await machine.write('root/deregister.sh', await stage.scriptOf('linux/deregister.sh'), 0o755);
      const trap = `mkdir /tmp/trap; cd /tmp/trap; for command in ${COMMANDS} amazon-ssm-agent ssm-cli; do
        printf '#!/bin/sh\\necho %s >>/tmp/ran\\n' "$command" >"$command"; chmod 755 "$command"; done
        echo 'echo rc >>/tmp/ran' >rc`;
      expect(await machine.run(['/bin/sh', '-c', trap])).toMatchObject({ code: 0 });
      await machine.run(['/bin/sh', '-c', 'ln -s /host/env /bin/env']);
      const hostile = ['PATH=', 'ENV=./rc', 'BASH_ENV=./rc', 'CDPATH=/tmp/trap', 'IFS=/'];
      const run = (script: string) =>
        machine.run(['/bin/env', '-C', '/tmp/trap', ...hostile, '/bin/sh', script], { env });

      const registered = await run('/root/bootstrap.sh');
      const gone = await run('/root/deregister.sh');

      expect(registered.code, registered.output).toBe(0);
      expect(registered.output).toContain(`${instanceId} is registered as mi-`);
      expect(gone.code, gone.output).toBe(0);
      await expect(machine.read('tmp/ran')).rejects.toThrow('ENOENT');
    }));
});
