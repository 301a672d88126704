import { ok } from '@oazapfts/runtime';
import { releaseNode, type Tagged, type TagsPending, tagNode, untagNode } from '../../client/api.ts';
import type { Listing } from '../output/formats.ts';
import { tagText } from '../output/tag-text.ts';
import type { Session } from '../session.ts';
import { say } from '../shell.ts';
import { findNode } from './find-node.ts';
import { nodeListingOf } from './list-nodes.ts';

const TAGGED: Listing<Tagged | TagsPending> = {
  columns: [
    { field: 'Name', text: ({ Name }) => Name },
    { field: 'InstanceId', text: (answer) => ('InstanceId' in answer ? answer.InstanceId : '') },
    { field: 'Status', text: (answer) => ('Status' in answer ? answer.Status : 'Tagged') },
    { field: 'Tags', text: ({ Tags }) => tagText(Tags) },
  ],
};

export const showNode = async (session: Session, given: string): Promise<void> => {
  const node = await findNode(await session.connect(), given);
  if (node.Name !== given && node.InstanceId !== given)
    say(session.shell, `${node.Name} is the only name that begins so.`);
  await session.showOne(node, nodeListingOf(session));
};

export const tagNodeCommand = async (
  session: Session,
  id: string,
  tags: readonly string[],
): Promise<void> => {
  const answer = await ok(tagNode(id, { tags: tags.join(',') }, await session.connect()));
  await showTags(session, answer);
};

export const untagNodeCommand = async (
  session: Session,
  id: string,
  keys: readonly string[],
): Promise<void> => {
  const answer = await ok(untagNode(keys.join(','), id, await session.connect()));
  await showTags(session, answer);
};

const showTags = async (session: Session, answer: Tagged | TagsPending): Promise<void> => {
  if ('Status' in answer) say(session.shell, 'The tags are kept until the machine registers.');
  await session.showOne(answer, TAGGED);
};

export const releaseNodeCommand = async (session: Session, id: string): Promise<void> => {
  const node = await ok(releaseNode(id, await session.connect()));
  say(session.shell, `${node.Name} may activate once more.`);
  await session.showOne(node, nodeListingOf(session));
};
