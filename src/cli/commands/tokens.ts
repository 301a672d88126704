import { ok } from '@oazapfts/runtime';
import { createToken, listTokens, revokeToken } from '../../client/api.ts';
import { NEW_TOKEN, TOKENS } from '../output/tokens.ts';
import { allPages, withProgress } from '../pages.ts';
import type { Session } from '../session.ts';
import { say } from '../shell.ts';
import { countOf, later } from '../when.ts';
import { tagsOf } from './tags-of.ts';

export interface CreateTokenOptions {
  readonly maxNames: string;
  readonly expires: string;
  readonly tag: readonly string[];
  readonly cidr: readonly string[];
  readonly rejoin?: boolean;
  readonly description?: string;
}

export const createTokenCommand = async (
  session: Session,
  namePattern: string,
  { maxNames, expires, tag, cidr, rejoin = false, description = '' }: CreateTokenOptions,
): Promise<void> => {
  const terms = {
    namePattern,
    maxNames: countOf(maxNames),
    expiresAt: later(expires, session.shell.now()).toISOString(),
    tags: tagsOf(tag),
    cidrs: [...cidr],
    rejoin,
    description,
  };
  const token = await ok(createToken(terms, await session.connect()));
  say(session.shell, 'The token is shown this once: give it to its machines, and keep it nowhere else.');
  await session.showOne(token, NEW_TOKEN);
};

export const listTokensCommand = async (session: Session): Promise<void> => {
  const connection = await session.connect();
  const pages = allPages(async (limit, cursor) => {
    const { Tokens, NextCursor } = await ok(listTokens({ limit, ...cursor }, connection));
    return { entries: Tokens, next: NextCursor };
  });
  await session.show(withProgress(pages, session.shell), TOKENS);
};

export const revokeTokenCommand = async (session: Session, id: string): Promise<void> => {
  const token = await ok(revokeToken(id, await session.connect()));
  say(session.shell, `${token.TokenId} lets nobody in any more.`);
  await session.showOne(token, TOKENS);
};
