import * as z from 'zod';
import type { Answer, Call, Door } from './door.ts';
import { LET_IN, type Stage } from './stage.ts';

/** A machine that asked for an activation. */
export interface Known {
  readonly name: string;
  readonly activationId: string;
  readonly activationCode: string;
}

/** One whose node is linked to its name and has been Online. */
export interface Registered extends Known {
  readonly instanceId: string;
}

/** Those who play in one row of the matrix; no other row knows their names. */
export interface Cast {
  readonly row: string;
  readonly known: Known;
  readonly waiting: Known;
  readonly tagged: Registered;
  readonly shown: Registered;
  readonly put: Registered;
  readonly released: Registered;
  readonly removed: Registered;
  readonly token: { readonly id: string; readonly secret: string };
}

const Activation = z.object({ ActivationId: z.string(), ActivationCode: z.string() });
const Token = z.object({ TokenId: z.string(), Token: z.string() });

/** Asks what must succeed, for no fault is there. */
export const succeed = async (door: Door, call: Call): Promise<Answer> => {
  const answer = await door.ask(call);
  if (answer.status === undefined || answer.status >= 300) {
    throw new Error(`${call.method} ${call.path}: ${answer.status} ${JSON.stringify(answer.body)}`);
  }
  return answer;
};

export const become = async (door: Door, name: string, tags?: string): Promise<Known> => {
  const query = { name, ...(tags && { tags }) };
  const { body } = await succeed(door, { method: 'GET', path: '/activate', query });
  const { ActivationId, ActivationCode } = Activation.parse(body);
  return { name, activationId: ActivationId, activationCode: ActivationCode };
};

/** Registers a machine and lets the service see it Online. */
export const boot = async (stage: Stage, door: Door, name: string): Promise<Registered> => {
  const known = await become(door, name);
  const machine = stage.machine(name);
  const instanceId = await machine.register(known);
  await machine.ping();
  const query = { name, tags: 'Booted=yes' };
  const { status } = await succeed(door, { method: 'GET', path: '/tag', query });
  if (status !== 200) throw new Error(`the tags of ${name} are not on its node`);
  return { ...known, instanceId };
};

const newToken = async (door: Door, namePattern: string): Promise<Cast['token']> => {
  const body = { namePattern, maxNames: 5, expiresAt: new Date(Date.now() + 3_600_000).toISOString() };
  const answer = await succeed(door, { method: 'POST', path: '/tokens', asOperator: true, body });
  const { TokenId, Token: secret } = Token.parse(answer.body);
  return { id: TokenId, secret };
};

/** A name of a row's own. */
export const nameIn = (row: string, part: string): string => `${LET_IN}-${row}-${part}`;

export const gather = async (stage: Stage, door: Door, row: string): Promise<Cast> => {
  const known = (part: string) => become(door, nameIn(row, part));
  const registered = (part: string) => boot(stage, door, nameIn(row, part));
  const [waits, ...nodes] = await Promise.all([
    Promise.all([known('known'), known('waiting')]),
    registered('tagged'),
    registered('shown'),
    registered('put'),
    registered('released'),
    registered('removed'),
  ]);
  const [tagged, shown, put, released, removed] = nodes;
  const token = await newToken(door, nameIn(row, 'token*'));
  return { row, known: waits[0], waiting: waits[1], tagged, shown, put, released, removed, token };
};
