import type { InjectOptions } from 'fastify';
import * as z from 'zod';
import type { Answer, Caller } from './caller.ts';
import type { Diary } from './diary.ts';
import type { World } from './world.ts';

const Tagged = z.object({ InstanceId: z.string() });
const Problem = z.object({ code: z.string() });

const REFUSALS_MS = 10_000;

/** Asks the service for something over HTTP, and keeps what it answered in the diary. */
export const send = async (
  world: World,
  diary: Diary,
  options: InjectOptions,
  who: Pick<Caller, 'proof' | 'subject'> | 'operator',
): Promise<Answer> => {
  const process = world.service;
  const response = await process.app.inject(options);
  // What was refused is in the trail before anybody looks.
  await process.refusals.written(REFUSALS_MS);
  if (process.isDead) return undefined;
  const body: unknown = response.json();
  const code = Problem.safeParse(body).data?.code;
  const requestId = String(response.headers['x-request-id']);
  diary.answered.push({ requestId, who, status: response.statusCode, code, at: world.clock.now() });
  return { status: response.statusCode, code, body, node: Tagged.safeParse(body).data?.InstanceId };
};
