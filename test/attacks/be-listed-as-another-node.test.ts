import { execFile } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { ManagedNodeId } from '../../src/activation/identifiers.ts';
import { StoredName } from '../../src/activation/instance-name.ts';
import { type NameRecord, unseen } from '../../src/activation/record.ts';
import { ansible } from '../../src/cli/output/ansible.ts';
import type { Render } from '../../src/cli/output/formats.ts';
import { hosts } from '../../src/cli/output/hosts.ts';
import { sshConfig } from '../../src/cli/output/ssh-config.ts';
import type { Node } from '../../src/client/api.ts';
import { type Api, asOperator, bootMachine, problemIn, startApi } from '../http/api.ts';

const VICTIM = 'mi-0123456789abcdef0';
const ATTACKER = 'mi-0fedcba9876543210';

describe('no machine is given', () => {
  test.each([
    ["the id of another's node", VICTIM],
    ["the id of another's node in capitals", VICTIM.toUpperCase()],
    ['a step in a path', '.'],
    ['a step out of a path', '..'],
    ['a name with a letter that is drawn as nothing', 'web-1\u3164'],
    ['a name of such letters alone', '\u115f\u1160'],
    ['a name with the half-width one', 'web\uffa0-1'],
    ['a name with a line separator', 'web-1\u2028x'],
    ['a name with a space that looks like another', 'web\u00a01'],
    ['a name with a soft hyphen', 'web\u00ad-1'],
    ['a name with a mark that turns text round', 'web\u202e1'],
    ['a name with a blank hieroglyph', 'web-1\u{13441}'],
    ['a name with a letter that is another in the composed form', '\u212aing'],
  ])('%s', async (_what, name) => {
    const api = await startApi();

    const response = await api.http.get('/activate').query({ name });

    const { errors } = problemIn(response, 400, 'InvalidRequest');
    expect(errors?.[0]?.field).toBe('name');
    expect(api.calls).toEqual([]);
  });
});

/** Writes a name as a ledger may hold it that is older than the rules. */
const writeOldName = async ({ ports, clock }: Api, name: string): Promise<void> => {
  const record: NameRecord = {
    ...unseen(StoredName.parse(name), randomUUID()),
    ended: 'expired',
    dueAt: clock.now(),
  };
  expect(await ports.ledger.replace(undefined, record)).toBe(true);
};

describe('a name that an older service let through', () => {
  const OLD = ['web\u3164', '..', 'e\u0301', 'web\u00a01'];

  test('is listed with the others, and the sweep goes on past it', async () => {
    const api = await startApi();
    const { instanceId } = await bootMachine(api, 'web-1');
    for (const name of [...OLD, instanceId]) await writeOldName(api, name);

    const { body } = await asOperator(api, 'get', '/nodes').expect(200);

    expect(body.Nodes.map(({ Name }: Node) => Name).toSorted()).toEqual(
      [...OLD, instanceId, 'web-1'].toSorted(),
    );
    expect(await api.sweep()).toMatchObject({ complete: true });
  });

  test('does not stand before the node whose id it is', async () => {
    const api = await startApi();
    const { instanceId } = await bootMachine(api, 'web-1');
    await writeOldName(api, instanceId);

    const { body } = await asOperator(api, 'get', `/nodes/${instanceId}`).expect(200);

    expect(body).toMatchObject({ Name: 'web-1', InstanceId: ManagedNodeId.parse(instanceId) });
  });
});

const nodeOf = (Name: string, InstanceId: string, changes: Partial<Node> = {}): Node => ({
  Name,
  InstanceId,
  Status: 'Registered',
  IPAddress: '10.0.0.9',
  Tags: {},
  ...changes,
});

const rendered = async (render: Render<Node>, nodes: readonly Node[]): Promise<string> => {
  const entries = (async function* () {
    yield* nodes;
  })();
  let text = '';
  for await (const piece of render(entries)) text += piece;
  return text;
};

describe('a list of hosts', () => {
  const warnings: string[] = [];
  const warn = (message: string) => void warnings.push(message);
  const formats = { 'ssh-config': sshConfig('eu-west-1', warn), hosts: hosts(warn) };

  test.each([
    VICTIM,
    VICTIM.toUpperCase(),
    'localhost',
    'LOCALHOST',
    'localhost.localdomain',
    'db.localhost',
    'ip6-localhost',
    'broadcasthost',
    '10.0.0.5',
    '::1',
    'metadata.google.internal',
    '*',
    '!web-1',
  ])('never gives a machine the name %s', async (name) => {
    for (const [format, render] of Object.entries(formats)) {
      warnings.length = 0;

      const text = await rendered(render, [nodeOf(name, ATTACKER), nodeOf('web-1', VICTIM)]);

      const [own = '', ...others] = text.split('\n').filter((line) => /^(?:Host|10\.)/.test(line));
      expect(own.split(/\s+/).slice(1), format).toEqual([ATTACKER]);
      expect(others, format).toEqual([expect.stringContaining(`web-1 ${VICTIM}`)]);
      expect(warnings, format).toEqual([expect.stringContaining(ATTACKER)]);
    }
  });

  test('for resolvers, which do not tell capitals apart, gives none of two names that differ in them', async () => {
    const text = await rendered(hosts(warn), [nodeOf('WEB-1', ATTACKER), nodeOf('web-1', VICTIM)]);

    expect(text).toBe(`10.0.0.9\t${ATTACKER}\n10.0.0.9\t${VICTIM}\n`);
  });
});

describe("Ansible's inventory", () => {
  const inventoryOf = async (nodes: readonly Node[]) => {
    const warnings: string[] = [];
    const text = await rendered(
      ansible('eu-west-1', (message) => void warnings.push(message)),
      nodes,
    );
    return { inventory: JSON.parse(text), warnings };
  };

  test.each([VICTIM, 'all', 'ungrouped', 'localhost', '127.0.0.1', 'tag_Environment_Prod'])(
    'has no host by the name %s, which means something else there',
    async (name) => {
      const { inventory, warnings } = await inventoryOf([nodeOf(name, ATTACKER)]);

      expect(inventory.all.hosts).toEqual([ATTACKER]);
      expect(warnings).toEqual([expect.stringContaining(ATTACKER)]);
    },
  );

  test('has no group that two tags share', async () => {
    const tags = [
      { Environment: 'Prod' },
      { Environment_Prod: '' },
      { 'Environment-Prod': '' },
      { 'Environment Prod': '' },
      { Environment: '-Prod' },
      { 'Environment-': 'Prod' },
      { Environment: '_Prod' },
      { Environment_: 'Prod' },
      { Environment__5f_: 'Prod' },
      { 'a-': '-b' },
      { 'a--': 'b' },
      { a: '--b' },
    ];
    const nodes = tags.map((Tags, index) => nodeOf(`host-${index}`, ATTACKER, { Tags }));

    const { inventory } = await inventoryOf(nodes);

    const { _meta, all, ...groups } = inventory;
    expect(Object.values(groups)).toEqual(tags.map((_, index) => ({ hosts: [`host-${index}`] })));
    expect(groups.tag_Environment_Prod).toEqual({ hosts: ['host-0'] });
    for (const group of Object.keys(groups)) expect(group).toMatch(/^tag_[A-Za-z0-9_]+$/);
  });
});

describe('the bootstrap script', () => {
  const SCRIPT = fileURLToPath(new URL('../../bootstrap-scripts/linux/bootstrap.sh', import.meta.url));
  const FLAGS = '--api https://api.example/latest --region eu-west-1 --proof network --dry-run'.split(' ');

  /** Runs it on a machine whose host name is this; nothing is changed: the name is that of a namespace of its own. */
  const runOn = (hostName: string, flags: readonly string[] = []) => {
    const named = `printf %s "$0" > /proc/sys/kernel/hostname && exec sh "$@"`;
    const isRoot = process.getuid?.() === 0;
    const within = [...(isRoot ? [] : ['--map-root-user']), '--uts', 'sh', '-c', named, hostName];
    return new Promise<{ code: number; said: string }>((resolve) => {
      execFile('unshare', [...within, SCRIPT, ...FLAGS, ...flags], (error, stdout, stderr) =>
        resolve({ code: Number(error?.code ?? 0), said: stdout + stderr }),
      );
    });
  };

  test.each(['localhost', 'LocalHost.localdomain', 'localhost6', 'all', 'ungrouped', '(none)'])(
    'takes no name from a host that is called %s',
    async (hostName) => {
      const { code, said } = await runOn(hostName);

      expect(code).toBe(2);
      expect(said).toContain('--name');
    },
  );

  test('takes any name that is given', async () => {
    const { said } = await runOn('localhost', ['--name', 'web-1']);

    expect(said).not.toContain('host name is');
  });
});
