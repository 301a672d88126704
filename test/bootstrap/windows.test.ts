import { readFile } from 'node:fs/promises';
import { beforeAll, describe, expect, test } from 'vitest';
import { startService } from '../service.ts';
import { hashEntriesIn, type PowerShell, parsePowerShell, stringsIn } from './powershell.ts';
import { ACTIVATE, AWKWARD, type Exchange, PROBLEM, TAG } from './windows-exchange.ts';

const sourceOf = (path: string) =>
  readFile(new URL(`../../bootstrap-scripts/${path}`, import.meta.url), 'utf8');

/** A request as the script makes it, of the fixture's fields. */
const requestOf = ({ path, query }: Exchange, values: { name: string; tags: string }) => {
  const held: Record<string, string> = { $Name: values.name, $Tags: values.tags };
  const pairs = query.map(([field, source]) => `${field}=${encodeURIComponent(held[source] ?? source)}`);
  return { method: 'GET' as const, url: `${path}?${pairs.join('&')}` };
};

describe('the PowerShell scripts', () => {
  test.each(['windows/bootstrap.ps1', 'windows/deregister.ps1'])('%s parses', async (path) => {
    expect((await parsePowerShell(await sourceOf(path))).mistakes).toEqual([]);
  });

  test('the parser sees a mistake', async () => {
    expect((await parsePowerShell('function Broken { if ($x { }')).mistakes).not.toEqual([]);
  });

  test('the user data holds PowerShell between its marks', async () => {
    const userData = await sourceOf('examples/user-data-windows.ps1');
    const [, inner = ''] = /^<powershell>\n(.*)<\/powershell>\n$/s.exec(userData) ?? [];
    expect(inner).not.toBe('');
    expect((await parsePowerShell(inner)).mistakes).toEqual([]);
  });

  test('no function is longer than thirty lines', async () => {
    const { functions } = await parsePowerShell(await sourceOf('windows/bootstrap.ps1'));
    const long = [...functions].filter(([, { text }]) => text.split('\n').length > 30);
    expect(functions.size).toBeGreaterThan(30);
    expect(long.map(([name]) => name)).toEqual([]);
  });
});

describe('what the Windows script exchanges with the API', () => {
  let script: PowerShell;
  beforeAll(async () => {
    script = await parsePowerShell(await sourceOf('windows/bootstrap.ps1'));
  });
  const functionOf = (name: string) => {
    const found = script.functions.get(name);
    if (!found) throw new Error(`the script has no function ${name}`);
    return found;
  };

  test.each([ACTIVATE, TAG])(
    '$urlFunction makes the request of the fixture',
    ({ urlFunction, path, query }) => {
      const made = functionOf(urlFunction);
      expect(stringsIn(made)[0]).toBe(`${path}?`);
      expect(hashEntriesIn(made)).toEqual(query);
    },
  );

  test.each([ACTIVATE, PROBLEM])(
    '$readFunction reads the members of the fixture',
    ({ readFunction = '', members }) => {
      expect(stringsIn(functionOf(readFunction)).filter((text) => /^[A-Za-z]+$/.test(text))).toEqual(members);
    },
  );

  test('the API understands the request for an activation, quoted as the script quotes, and answers those members', async () => {
    const { app } = await startService();
    const response = await app.inject(requestOf(ACTIVATE, AWKWARD));
    expect(response.statusCode).toBe(200);
    const answer = response.json();
    for (const member of ACTIVATE.members) expect(answer[member]).toEqual(expect.any(String));
    expect(answer).toMatchObject({ Name: AWKWARD.name, Tags: { Path: '/a+b', Mail: 'x@y.z', Größe: 'a b' } });
  });

  test('the API understands the follow-up tags, and says 202 while the machine has not registered', async () => {
    const { app } = await startService();
    await app.inject(requestOf(ACTIVATE, AWKWARD));
    const response = await app.inject(requestOf(TAG, AWKWARD));
    expect(response.statusCode).toBe(202);
  });

  test('a refusal holds the members that the script shows', async () => {
    const { app } = await startService();
    const response = await app.inject(requestOf(ACTIVATE, { ...AWKWARD, name: '!' }));
    expect(response.statusCode).toBe(400);
    const answer = response.json();
    for (const member of PROBLEM.members) expect(answer[member]).toEqual(expect.any(String));
  });
});
