import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import * as z from 'zod';
import { bootMachine, tagsInSsm } from '../http/api.ts';
import { temporaryDirectory } from '../process/server-process.ts';
import { runCli, startCli } from './command-line.ts';

const Token = z.looseObject({
  TokenId: z.string(),
  Token: z.string(),
  Tags: z.record(z.string(), z.string()),
});

const startFleet = async () => {
  const started = await startCli();
  const { instanceId } = await bootMachine(started.api, 'web-1', 'Role=web');
  return { ...started, instanceId };
};

describe('nodes', () => {
  test('show finds a node by its name, its id, and the beginning of a name that begins no other', async () => {
    const { cli, instanceId } = await startFleet();

    for (const given of ['web-1', instanceId, 'we']) {
      const { stdout, code } = await cli(`nodes show ${given} -o json`);
      expect({ code, node: JSON.parse(stdout) }).toMatchObject({
        code: 0,
        node: { Name: 'web-1', InstanceId: instanceId, PingStatus: 'Online' },
      });
    }
    expect((await cli('nodes show we')).stderr).toBe('web-1 is the only name that begins so.\n');
  });

  test('show is a line a field on a terminal, however narrow', async () => {
    const { cli, instanceId } = await startFleet();

    const { stdout } = await cli('nodes show web-1', { columns: 10, environment: { NO_COLOR: '1' } });

    expect(stdout).toMatch(/^Name {14}web-1\n/);
    expect(stdout).toContain(`InstanceId        ${instanceId}\n`);
  });

  test('tag and untag change the tags of a node', async () => {
    const { cli, api, instanceId } = await startFleet();

    const tagged = await cli('nodes tag web-1 Environment=Prod Expr=a=b Bare -o json');
    const untagged = await cli('nodes untag web-1 Role Bare -o json');

    expect(JSON.parse(tagged.stdout)).toMatchObject({
      InstanceId: instanceId,
      Tags: { Bare: '', Expr: 'a=b' },
    });
    expect(JSON.parse(untagged.stdout)).toMatchObject({ Tags: { Environment: 'Prod', Expr: 'a=b' } });
    expect(await tagsInSsm(api, instanceId)).toEqual({ Environment: 'Prod', Expr: 'a=b' });
  });

  test('release and remove change what the name may do', async () => {
    const { cli } = await startFleet();

    expect(JSON.parse((await cli('nodes release web-1 -o json')).stdout)).toMatchObject({
      Status: 'Released',
    });
    expect(JSON.parse((await cli('nodes remove web-1 -o json')).stdout)).toMatchObject({
      Status: 'Deregistered',
    });
  });
});

describe('tokens', () => {
  test('create shows the secret once; list and revoke never do', async () => {
    const { cli } = await startCli();

    const created = await cli(
      'tokens create db-* --max-names 2 --tag Role=db --cidr 10.0.0.0/8 --rejoin -o json',
    );
    const token = Token.parse(JSON.parse(created.stdout));
    const list = await cli('tokens list');
    const revoked = await cli(`tokens revoke ${token.TokenId} -o json`);

    expect(token).toMatchObject({
      NamePattern: 'db-*',
      MaxNames: 2,
      Tags: { Role: 'db' },
      Cidrs: ['10.0.0.0/8'],
      Rejoin: true,
    });
    expect(created.stderr).not.toContain(token.Token);
    expect(list.stdout).toContain(token.TokenId);
    expect(list.stdout + revoked.stdout + revoked.stderr).not.toContain(token.Token);
    expect(JSON.parse(revoked.stdout)).toMatchObject({ Status: 'Revoked' });
  });
});

describe('events', () => {
  test('list says why a machine was refused, and hides no control characters', async () => {
    const { cli, api } = await startFleet();
    await api.http.get('/activate').query({ name: 'web-1' }).expect(409);
    await api.http.get('/activate').query({ name: '\u001b[2Jx' }).expect(400);

    const { stdout } = await cli('events list');

    expect(stdout).toMatch(/RequestRefused +web-1 +network 127\.0\.0\.1 .*AlreadyRegistered/);
    expect(stdout).toContain('\\u{1b}[2Jx');
    expect(stdout).not.toContain('\u001b');
  });

  test('list is of one name, of a time, of so many', async () => {
    const { cli, api } = await startFleet();
    await bootMachine(api, 'web-2');
    const count = async (options: string) =>
      (await cli(`events list -o ndjson ${options}`)).stdout.split('\n').length - 1;

    const all = await count('--name web-2');

    expect(all).toBeGreaterThan(1);
    expect(await count('--name web-2 --limit 1')).toBe(1);
    expect(await count('--name web-2 --since 2026-11-21T09:00:00Z')).toBe(all);
    expect(await count('--name web-2 --since 2030-01-01T00:00:00Z')).toBe(0);
  });
});

describe('identity check', () => {
  test('takes a secret from stdin and says which check fails', async () => {
    const { cli } = await startCli();
    const created = await cli('tokens create db-* -o json');
    const { Token: secret } = Token.parse(JSON.parse(created.stdout));

    const accepted = await cli('identity check --bearer - --name db-1', { stdin: `${secret}\n` });
    const refused = await cli('identity check --bearer - --name web-1 -o json', { stdin: secret });

    expect(accepted).toMatchObject({
      code: 0,
      stderr: expect.stringContaining('The machine would be let in.'),
    });
    expect(refused).toMatchObject({ code: 7, stderr: expect.stringContaining('NameNotAllowed') });
    expect(JSON.parse(refused.stdout)).toContainEqual(
      expect.objectContaining({ Check: 'Name', Result: 'failed' }),
    );
    expect(JSON.stringify([accepted, refused])).not.toContain(secret);
  });
});

describe('policy check', () => {
  const policy = {
    network: [{ cidrs: ['10.0.0.0/8'], names: ['lab-*'], tags: { fixed: { Environment: 'Lab' } } }],
  };

  test('shows whom a policy lets in', async () => {
    const file = join(await temporaryDirectory(), 'policy.json');
    await writeFile(file, JSON.stringify(policy));

    for (const given of [
      await runCli(['policy', 'check', file, '-o', 'json']),
      await runCli(['policy', 'check', '-o', 'json'], { environment: { POLICY_FILE: file } }),
      await runCli(['policy', 'check', '-', '-o', 'json'], { stdin: JSON.stringify(policy) }),
    ]) {
      expect(JSON.parse(given.stdout)).toMatchObject([
        { Proof: 'network', From: ['10.0.0.0/8'], Names: ['lab-*'], FixedTags: { Environment: 'Lab' } },
      ]);
    }
  });

  test('names every mistake', async () => {
    const given = await runCli(['policy', 'check', '-'], {
      stdin: '{"network": [{"cidrs": ["x"], "names": []}]}',
    });

    expect(given).toMatchObject({ code: 2, stdout: '' });
    expect(given.stderr).toContain('network.0.cidrs.0');
    expect(given.stderr).toContain('network.0.names');
  });
});

test('version is that of the package', async () => {
  expect(await runCli(['version'])).toEqual({ code: 0, stdout: '0.1.0\n', stderr: '' });
});
