import { readdir, readFile } from 'node:fs/promises';
import { join, relative } from 'node:path';
import { ClassicLevel } from 'classic-level';
import { expect, test } from 'vitest';
import { activationIn, bootMachine, machineOf } from './machines.ts';
import { type ServerProcess, startServer, temporaryDirectory } from './server-process.ts';

/** A secret as it is, and as it may have been written down all the same. */
const formsOf = (secret: string): string[] => [
  secret,
  encodeURIComponent(secret),
  Buffer.from(secret).toString('hex'),
  // Whatever stands before it, its middle is the same in base64.
  ...[0, 1, 2].map((skipped) => {
    const shifted = Buffer.from(secret.slice(skipped)).toString('base64');
    return shifted.slice(0, shifted.length - 4);
  }),
];

const holds = (bytes: Buffer, secret: string) => formsOf(secret).some((form) => bytes.includes(form));

const filesOf = async (directory: string): Promise<Map<string, Buffer>> => {
  const entries = await readdir(directory, { recursive: true, withFileTypes: true });
  const paths = entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
  const contents = paths.map(async (path) => [relative(directory, path), await readFile(path)] as const);
  return new Map(await Promise.all(contents));
};

/** Everything that a LevelDB gives back: its tables may be compressed on disk. */
const recordsOf = async (directory: string): Promise<Buffer> => {
  const options = { keyEncoding: 'buffer', valueEncoding: 'buffer' } as const;
  const db = new ClassicLevel<Buffer, Buffer>(directory, options);
  const entries = await db.iterator().all();
  await db.close();
  return Buffer.concat(entries.flat());
};

/** Asks for an activation in each of the ways there are; Systems Manager fails now and then. */
const mintAll = async (server: ServerProcess, prefix: string): Promise<string[]> => {
  const names = Array.from({ length: 8 }, (_, index) => `${prefix}-${index}`);
  const answers = names.flatMap((name) => [
    server.call(`/activate?name=${name}&tags=Role=web`),
    server.call('/activate', { method: 'POST', body: { name, tags: [{ Key: 'Role', Value: 'web' }] } }),
  ]);
  const retries = names.map((name) => server.call(`/latest/activate?name=${name}`));
  const minted = (await Promise.all([...answers, ...retries])).filter(({ status }) => status === 200);
  return minted.map(({ body }) => activationIn(body).activationCode);
};

const provokeRefusals = async (server: ServerProcess, known: { instanceId: string; name: string }) => {
  const operator = { as: server.operatorKey };
  const refused = [
    await server.call(`/activate?name=${known.name}`),
    await server.call('/activate?name=&format=xml'),
    await server.call('/activate', { method: 'POST', body: { name: 'x'.repeat(70_000) } }),
    await server.call('/activate?name=web-9', operator),
    await server.call(`/nodes/${known.instanceId}`, { as: 'a-key-that-is-not-the-key' }),
    await server.call('/nodes/unknown', operator),
    await server.call('/activate%zz'),
  ];
  for (const { status } of refused) expect(status).toBeGreaterThanOrEqual(400);
};

test('an ActivationCode is in its answer and nowhere else, and the operator key only where it is meant to be', async () => {
  const directory = await temporaryDirectory();
  const faulty = { LOCAL_SSM_FAULT_RATE: '0.15' };
  const codes: string[] = [];

  const first = await startServer(directory);
  const used = await bootMachine(first, 'findable', 'Role=web');
  codes.push(used.activationCode, ...(await mintAll(first, 'calm')));
  await provokeRefusals(first, { name: 'findable', instanceId: used.instanceId });
  await expect(machineOf(first, 'thief').register(used)).rejects.toThrow();
  await first.end('SIGKILL');
  const crashed = await filesOf(directory);

  const second = await startServer(directory, faulty);
  codes.push(...(await mintAll(second, 'faulty')), ...(await mintAll(second, 'calm')));
  await provokeRefusals(second, { name: 'findable', instanceId: used.instanceId });
  await second.call(`/nodes/findable/release`, { method: 'POST', as: second.operatorKey });
  await second.call('/nodes/findable', { method: 'DELETE', as: second.operatorKey });
  const [underWay] = await Promise.allSettled([second.call('/activate?name=last'), second.end('SIGKILL')]);
  if (underWay.status === 'fulfilled') codes.push(activationIn(underWay.value.body).activationCode);
  const third = await startServer(directory);
  expect(await third.end('SIGTERM')).toBe(0);

  const output = [first, second, third].map(({ written }) => Buffer.from(written.stdout + written.stderr));
  const files = [...crashed.values(), ...(await filesOf(directory)).values()];
  const records = [await recordsOf(join(directory, 'aws')), await recordsOf(join(directory, 'ledger'))];
  const everything = [...output, ...files, ...records];

  expect(codes.length).toBeGreaterThan(20);
  for (const part of [...records, Buffer.concat([...crashed.values()])])
    expect(holds(part, 'calm-7')).toBe(true);
  expect(codes.filter((code) => everything.some((bytes) => holds(bytes, code)))).toEqual([]);

  const key = first.operatorKey;
  const filesWithKey = [...(await filesOf(directory))].filter(([, bytes]) => holds(bytes, key));
  expect(filesWithKey.map(([name]) => name)).toEqual(['operator-key']);
  for (const { written } of [first, second, third]) {
    expect(holds(Buffer.from(written.stdout + written.stderr), key)).toBe(false);
  }
  for (const record of records) expect(holds(record, key)).toBe(false);
});
