import { createInterface } from 'node:readline';
import { ok } from '@oazapfts/runtime';
import { getNode, removeNode } from '../../client/api.ts';
import { Failure } from '../failure.ts';
import { printable } from '../output/printable.ts';
import type { Session } from '../session.ts';
import { type Shell, say } from '../shell.ts';
import { nodeListingOf } from './list-nodes.ts';

export interface RemoveNodeOptions {
  readonly yes?: boolean;
}

/** It cannot be undone: whoever types it on a terminal is asked first. @throws Failure when the answer is not yes */
export const removeNodeCommand = async (
  session: Session,
  id: string,
  { yes = false }: RemoveNodeOptions,
): Promise<void> => {
  const { shell } = session;
  const connection = await session.connect();
  if (!yes && shell.stdin.isTTY) {
    const { Name, InstanceId, PingStatus = 'not online' } = await ok(getNode(id, connection));
    const node = InstanceId ? `${InstanceId}, ${PingStatus}` : 'no node yet';
    const answer = await ask(shell, `Remove ${printable(Name)} (${node})? [y/N] `);
    if (!/^y(es)?$/i.test(answer)) throw new Failure('failed', 'Nothing was removed.');
  }
  const node = await ok(removeNode(id, connection));
  say(shell, `${node.Name} is free.`);
  await session.showOne(node, nodeListingOf(session));
};

/** The line that is typed; empty at the end of the input. */
const ask = async ({ stdin, stderr }: Shell, question: string): Promise<string> => {
  stderr.write(question);
  for await (const line of createInterface({ input: stdin })) return line.trim();
  stderr.write('\n');
  return '';
};
