import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { type CleanMachine, startMachine, whyNoMachine } from '../bootstrap/clean-machine.ts';
import { powerShellFunctions, runPowerShell, testWithPowerShell } from '../bootstrap/run-powershell.ts';
import { shellFunction } from '../bootstrap/shell-functions.ts';

const STATE = '/var/lib/ssm-activation';
const obstacle = whyNoMachine();

/** What another user may have made beforehand, and what of it the script is to name. */
const MADE_BEFOREHAND: readonly (readonly [what: string, commands: string, stranger: string])[] = [
  ['the directory', 'mkdir $S; chown 1000 $S', STATE],
  ['the directory, given to root later', 'mkdir $S; chmod 777 $S', STATE],
  ['the directory, with write access for a group', 'mkdir $S; chmod 775 $S', STATE],
  ['a directory that only has the sticky bit', 'mkdir $S; chmod 1777 $S', STATE],
  ['a link to a directory', 'mkdir -m 755 /etc/victim; ln -s /etc/victim $S', STATE],
  ['a link to nowhere', 'ln -s /etc/victim/deep $S', STATE],
  ['a file', 'touch $S', STATE],
  ['a pipe that is never written to', 'mknod $S p', STATE],
  ['a link in the place of the lock', 'mkdir $S; ln -s /etc/victim.conf $S/lock', `${STATE}/lock`],
  ['a second name of a file as the lock', 'mkdir $S; ln /etc/victim.conf $S/lock', `${STATE}/lock`],
  ['a lock that others can hold', 'mkdir $S; touch $S/lock; chmod 644 $S/lock', `${STATE}/lock`],
  ['a lock of their own', 'mkdir $S; touch $S/lock; chmod 600 $S/lock; chown 1000 $S/lock', `${STATE}/lock`],
  ['a pipe to read from', 'mkdir $S; mknod $S/registered p', `${STATE}/registered`],
  ['what is remembered', 'mkdir $S; touch $S/registered; chown 1000 $S/registered', `${STATE}/registered`],
  [
    'what others may rewrite',
    'mkdir $S; touch $S/registered; chmod 666 $S/registered',
    `${STATE}/registered`,
  ],
  ['the place of work', 'mkdir $S $S/work; chown 1000 $S/work', `${STATE}/work`],
  ['a link in the place of work', 'mkdir $S; ln -s /etc $S/work', `${STATE}/work`],
];

describe.skipIf(obstacle !== undefined)(`bootstrap.sh${obstacle ? ` (skipped: ${obstacle})` : ''}`, () => {
  let machine: CleanMachine;
  beforeAll(async () => {
    machine = await startMachine();
  });
  afterEach(() => asRoot('rm -rf $S /etc/victim* /tmp/* /srv'));
  afterAll(() => machine?.stop());

  const asRoot = async (commands: string) => {
    const prepared = `export PATH=/usr/bin:/bin:/host S=${STATE}; set -e; umask 022; ${commands}`;
    const { code, output } = await machine.run(['/bin/sh', '-c', prepared]);
    expect(code, output).toBe(0);
    return output;
  };
  const bootstrap = (...flags: readonly string[]) => {
    const settings = [
      '--api',
      'http://127.0.0.1:9',
      '--region',
      'eu-west-1',
      '--deadline',
      '1',
      '--proof',
      'network',
    ];
    const script = '/repository/bootstrap-scripts/linux/bootstrap.sh';
    return machine.run([
      '/bin/sh',
      script,
      '--min-free-mb',
      '0',
      '--install',
      'never',
      ...settings,
      ...flags,
    ]);
  };

  test.each(MADE_BEFOREHAND)(
    'refuses %s that another user made, and touches nothing',
    async (_what, commands, stranger) => {
      await asRoot(`echo keep >/etc/victim.conf; ${commands}`);
      const seen = 'ls -lnR /etc $S 2>&1; cat /etc/victim.conf';
      const before = await asRoot(seen);

      for (const flags of [[], ['--dry-run']]) {
        const { code, output } = await bootstrap(...flags);

        expect({ code, output }).toMatchObject({
          code: 3,
          output: expect.stringContaining(`${stranger} is not root's alone`),
        });
      }

      expect(await asRoot(seen)).toBe(before);
    },
  );

  test.each([
    ['a directory that others may write to', 'mkdir -p /srv/a; chmod 777 /srv/a', '/srv/a/state', '/srv/a'],
    ["another user's directory", 'mkdir -p /srv/a; chown 1000 /srv/a', '/srv/a/b/state', '/srv/a'],
    [
      "another user's link",
      'mkdir -p /etc/victim; ln -s /etc/victim /tmp/a; chown -h 1000 /tmp/a',
      '/tmp/a/state',
      '/tmp/a',
    ],
    [
      "root's own link into another user's directory",
      'mkdir -p /srv/a; chown 1000 /srv/a; mkdir -m 755 /srv/a/b; ln -s /srv/a/b /etc/victim',
      '/etc/victim/state',
      '/srv/a',
    ],
  ])('refuses a state directory on whose way there is %s', async (_what, commands, directory, stranger) => {
    await asRoot(`chmod 1777 /tmp; ${commands}; mkdir -m 700 -p /etc/victim`);

    const first = await bootstrap('--state-dir', directory);
    const second = await bootstrap('--state-dir', directory);

    expect([first.code, second.code], first.output + second.output).toEqual([3, 3]);
    expect(second.output).toContain(`${stranger} is not root's alone`);
  });

  test.each(['state', './state', '../state', '/', '', '/var/lib/../state', '/var/lib/./state', '//state'])(
    'takes no state directory that is told as "%s"',
    async (directory) => {
      const { code, output } = await bootstrap('--state-dir', directory);

      expect(code, output).toBe(2);
    },
  );

  test('takes what it made itself, also where everybody may make directories', async () => {
    await asRoot('chmod 1777 /tmp');

    for (const directory of [STATE, '/tmp/state', '/tmp/state/']) {
      const first = await bootstrap('--state-dir', directory);
      const second = await bootstrap('--state-dir', directory);

      // There is no agent here: it came as far as that.
      expect([first.code, second.code], first.output + second.output).toEqual([9, 9]);
    }
  });

  test('deregister.sh removes what bootstrap.sh keeps, and nothing that it does not', async () => {
    await bootstrap();
    await asRoot(
      'mkdir -p /etc/victim; touch /etc/victim/lock /etc/victim/more; mkdir -m 700 /srv; ln -s /etc/victim /srv/state',
    );
    const deregister = (...flags: readonly string[]) =>
      machine.run(['/bin/sh', '/repository/bootstrap-scripts/linux/deregister.sh', ...flags]);

    const ended = [
      await deregister(),
      await deregister('--state-dir', '/srv/state'),
      await deregister('--state-dir', '/etc/amazon'),
      await deregister('--state-dir', '/'),
    ];

    expect(ended.map(({ code }) => code)).toEqual([0, 0, 0, 2]);
    expect(await asRoot('ls -d $S 2>&1 || :')).toContain('No such file');
    expect(await asRoot('ls /etc/victim /etc/amazon')).toBe(
      '/etc/amazon:\nssm\n\n/etc/victim:\nlock\nmore\n',
    );
  });
});

test('both Linux scripts judge alike', () => {
  for (const name of ['attributes_of', 'stranger_in_state', 'is_web_address', 'is_loopback']) {
    expect(shellFunction('deregister.sh', name)).toBe(shellFunction('bootstrap.sh', name));
  }
});

test('both Windows scripts judge alike', async () => {
  const names = ['Test-OwnSddl', 'Get-StateFault', 'Test-WebAddress', 'Test-Loopback'];

  expect(await powerShellFunctions('deregister.ps1', names)).toBe(
    await powerShellFunctions('bootstrap.ps1', names),
  );
});

/** Security descriptors of a directory, as Get-Acl tells them. */
const DESCRIPTORS: readonly (readonly [sddl: string, own: boolean])[] = [
  ['O:BAD:P(A;OICI;FA;;;SY)(A;OICI;FA;;;BA)', true],
  ['O:BAG:SYD:PAI(A;OICI;FA;;;SY)(A;OICI;FA;;;BA)', true],
  ['O:SYG:S-1-5-21-1-2-3-513D:P(A;OICI;0x1f01ff;;;BA)', true],
  ['O:S-1-5-21-1-2-3-1001G:BAD:P(A;OICI;FA;;;SY)(A;OICI;FA;;;BA)', false],
  ['O:BUG:SYD:P(A;OICI;FA;;;BA)', false],
  ['O:BAG:SYD:AI(A;OICIID;FA;;;SY)(A;OICIID;FA;;;BA)', false],
  ['O:BAG:SYD:P(A;OICI;FA;;;SY)(A;OICI;FA;;;BA)(A;;0x1200a9;;;BU)', false],
  ['O:BAG:SYD:P(A;OICI;FA;;;BA)(A;CIIO;FA;;;CO)', false],
  ['O:BAG:SYD:P(A;OICI;FA;;;BA)(A;OICI;FA;;;S-1-5-21-1-2-3-1001)', false],
  ['O:BAG:SYD:P(A;OICI;FA;;;BA)(XA;;FA;;;WD;(Member_of{SID(BA)}))', false],
  ['O:BAG:SYD:P', false],
  ['O:BAG:SYD:NO_ACCESS_CONTROL', false],
  ['O:BAG:SYD:PNO_ACCESS_CONTROL', false],
  ['O:BAG:SY', false],
  ['D:P(A;OICI;FA;;;BA)', false],
  ['o:bad:p(a;oici;fa;;;ba)', false],
  ['O:BAD:P(A;OICI;FA;;;BA)\n(A;;FA;;;WD)', false],
  ['', false],
];

describe('bootstrap.ps1', () => {
  testWithPowerShell("knows a directory of administrators' own by its security descriptor", async () => {
    const functions = await powerShellFunctions('bootstrap.ps1', ['Test-OwnSddl']);
    const judge = 'ConvertTo-Json @($given | ForEach-Object { Test-OwnSddl $_ })';

    const verdicts = await runPowerShell(
      `${functions}\n${judge}`,
      DESCRIPTORS.map(([sddl]) => sddl),
    );

    expect(verdicts).toEqual(DESCRIPTORS.map(([, own]) => own));
  });

  testWithPowerShell(
    'makes the directory closed, refuses one that others made, and leaves what that holds',
    async () => {
      const names = ['Stop-Run', 'Test-OwnSddl', 'Get-StateFault', 'Assert-OwnState', 'New-WorkDirectory'];
      // Windows tells owners and permissions; here they are told by the path, and making one is noted.
      const source = `${await powerShellFunctions('bootstrap.ps1', names)}
      $ExPrerequisite = 3; $made = @()
      function Get-Acl($LiteralPath) { @{ Sddl = if ($LiteralPath -match 'theirs') { 'O:BUD:(A;;FA;;;BU)' } else { 'O:BAD:P(A;OICI;FA;;;BA)' } } }
      function New-OwnDirectory($Path) { $script:made += $Path; [void](New-Item -ItemType Directory -Path $Path) }
      $root = (New-Item -ItemType Directory -Path (Join-Path ([IO.Path]::GetTempPath()) ([Guid]::NewGuid()))).FullName
      try {
        [void](New-Item -ItemType Directory -Path "$root/theirs/work" -Force)
        [void](New-Item -ItemType Directory -Path "$root/ours" -Force)
        [void](New-Item -ItemType SymbolicLink -Path "$root/link" -Target "$root/ours")
        [void](New-Item -ItemType File -Path "$root/file")
        $said = foreach ($name in 'fresh', 'ours', 'theirs', 'link', 'file') {
          $Settings = @{ StateDir = "$root/$name" }
          try { (New-WorkDirectory).Substring($root.Length) } catch { [string]$_.Exception.Data['ExitCode'] }
        }
        $left = Test-Path "$root/theirs/work"
      } finally { Remove-Item -LiteralPath $root -Recurse -Force }
      ConvertTo-Json @{ said = @($said); made = @($made | ForEach-Object { $_.Substring($root.Length) }); left = $left }`;

      expect(await runPowerShell(source)).toEqual({
        said: ['/fresh/work', '/ours/work', '3', '3', '3'],
        made: ['/fresh'],
        left: true,
      });
    },
  );
});
