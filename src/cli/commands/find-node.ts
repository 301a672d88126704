import { ok } from '@oazapfts/runtime';
import { getNode, listNodes, type Node } from '../../client/api.ts';
import { ApiError } from '../../client/api-error.ts';
import type { Connection } from '../../client/connect.ts';
import { Failure } from '../failure.ts';
import { printable } from '../output/printable.ts';

/** How many names that a prefix could mean are told. */
const MOST_NAMED = 5;

/** A node by its name, its id, or the beginning of a name that begins no other. @throws Failure, ApiError */
export const findNode = async (connection: Connection, given: string): Promise<Node> => {
  try {
    return await ok(getNode(given, connection));
  } catch (error) {
    if (!(error instanceof ApiError) || error.code !== 'NameUnknown') throw error;
    const { Nodes } = await ok(listNodes({ prefix: given, limit: MOST_NAMED + 1 }, connection));
    const [only, ...others] = Nodes;
    if (only === undefined) throw error;
    if (others.length === 0) return only;
    const names = Nodes.slice(0, MOST_NAMED).map(({ Name }) => printable(Name));
    if (Nodes.length > MOST_NAMED) names.push('...');
    throw new Failure('conflict', `More than one name begins with ${given}: ${names.join(', ')}`, [
      'Give the whole name, or the id of the node.',
    ]);
  }
};
