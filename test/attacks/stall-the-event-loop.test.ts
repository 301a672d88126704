import type { FastifyInstance, InjectOptions } from 'fastify';
import { expect, test } from 'vitest';
import { Policy } from '../../src/policy/policy.ts';
import { startService } from '../service.ts';
import { DEAREST, ORDINARY } from './dearest-requests.ts';

/** Every proof that examines what strangers send; nobody answers for the issuer's keys. */
const POLICY = Policy.parse({
  instanceIdentity: { accounts: ['111122223333'], regions: ['eu-west-1'] },
  joinTokens: {},
  oidc: [
    {
      name: 'issuer',
      issuer: 'https://issuer.example',
      jwksUri: 'http://127.0.0.1:1/keys',
      audience: 'us',
      nameClaim: 'sub',
      requiredClaims: { project: ['*'] },
    },
  ],
});

/** How many times the CPU of an ordinary request a stranger's may take; the worst was a hundred times it. */
const MOST_TIMES = 8;
/** Below this, in milliseconds, is the noise of a busy machine. */
const NOISE_MS = 5;
/** Of an answer that refuses: some problems, told once by themselves and once in a sentence. */
const MOST_BYTES = 8_192;

/** The least CPU of some tries, in milliseconds: what others do at the same time only ever adds to it. */
const cpuOf = async (app: FastifyInstance, request: InjectOptions): Promise<number> => {
  let least = Number.POSITIVE_INFINITY;
  for (let tries = 0; tries < 3; tries += 1) {
    const before = process.cpuUsage();
    await app.inject(request);
    const { user, system } = process.cpuUsage(before);
    least = Math.min(least, (user + system) / 1_000);
  }
  return least;
};

test('no stranger can make the service think for long, or answer at length', async () => {
  const { app } = await startService({}, POLICY);
  const ordinary = await cpuOf(app, ORDINARY);
  const most = Math.max(ordinary, NOISE_MS) * MOST_TIMES;
  const tooDear: string[] = [];

  for (const [what, request] of Object.entries(DEAREST)) {
    const cpu = await cpuOf(app, request);
    const { statusCode, body } = await app.inject(request);
    const bytes = Buffer.byteLength(body);
    if (cpu > most)
      tooDear.push(`${what}: ${cpu.toFixed(1)} ms, where an ordinary request takes ${ordinary.toFixed(1)}`);
    if (bytes > MOST_BYTES) tooDear.push(`${what}: an answer of ${bytes} bytes`);
    if (statusCode < 400) tooDear.push(`${what}: was answered ${statusCode}`);
  }

  expect(tooDear).toEqual([]);
});
