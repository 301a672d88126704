import type { InjectOptions } from 'fastify';
import * as z from 'zod';
import type { Answer, Caller } from './caller.ts';
import type { Diary } from './diary.ts';
import type { World } from './world.ts';

const Tagged = z.object({ InstanceId: z.string() });
const Problem = z.object({ code: z.string() });

/** Asks the service for something over HTTP, and keeps what it answered in the diary. */
export const send = async (
  world: World,
  diary: Diary,
  options: InjectOptions,
  who: Pick<Caller, 'proof' | 'subject'> | 'operator',
): Promise<Answer> => {
  const process = world.service;
  const response = await process.app.inject(options);
  if (process.isDead) return undefined;
  const body: unknown = response.json();
  const code = Problem.safeParse(body).data?.code;
  const requestId = String(response.headers['x-request-id']);
  diary.answered.push({ requestId, who, status: response.statusCode, code });
  return { status: response.statusCode, code, body, node: Tagged.safeParse(body).data?.InstanceId };
};
