import { ok } from '@oazapfts/runtime';
import { listNodes, type Node } from '../../client/api.ts';
import type { Connection } from '../../client/connect.ts';
import { nodeListing } from '../output/nodes.ts';
import { allPages, withProgress } from '../pages.ts';
import type { Session } from '../session.ts';
import { say } from '../shell.ts';
import { watch } from '../watch.ts';
import { countOf, intervalOf } from '../when.ts';

export interface NodeFilter {
  readonly prefix?: string;
  readonly status?: NonNullable<Node['Status']>;
  readonly tag?: string;
}

export interface ListNodesOptions extends NodeFilter {
  readonly limit?: string;
  readonly watch?: true;
  readonly interval: string;
}

export const listNodesCommand = async (
  session: Session,
  { limit, watch: watched, interval, ...filter }: ListNodesOptions,
): Promise<void> => {
  const most = limit === undefined ? undefined : countOf(limit);
  const intervalMs = intervalOf(interval);
  const connection = await session.connect();
  const list = () => nodesOf(session, connection, filter, most);
  if (watched) return watch(session, list, nodeListingOf(session), ({ Name }) => Name, intervalMs);
  await session.show(withProgress(list(), session.shell), nodeListingOf(session));
};

export const nodeListingOf = ({ settings, shell }: Session) =>
  nodeListing(settings.region.value ?? '', (message) => say(shell, message));

/** All nodes that match, page after page; what an answer warns of goes to stderr once. */
export const nodesOf = (
  { shell }: Session,
  connection: Connection,
  filter: NodeFilter,
  most?: number,
): AsyncGenerator<readonly Node[]> => {
  const warned = new Set<string>();
  return allPages(async (limit, cursor) => {
    const { Nodes, NextCursor, Warning } = await ok(listNodes({ ...filter, limit, ...cursor }, connection));
    if (Warning !== undefined && !warned.has(Warning)) say(shell, `warning: ${Warning}`);
    warned.add(Warning ?? '');
    return { entries: Nodes, next: NextCursor };
  }, most);
};
