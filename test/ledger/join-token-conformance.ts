import { GetItemCommand, ScanCommand } from '@aws-sdk/client-dynamodb';
import { describe, expect, test } from 'vitest';
import { InstanceName } from '../../src/activation/instance-name.ts';
import {
  hashSecret,
  type JoinToken,
  JoinTokenId,
  sizeOfName,
} from '../../src/identity/join-token/join-token.ts';
import type { JoinTokens } from '../../src/identity/join-token/join-tokens.ts';
import { newJoinToken } from '../../src/identity/join-token/new-join-token.ts';
import { toAttributes } from '../../src/ledger/attributes.ts';
import { createDynamoDbJoinTokens } from '../../src/ledger/dynamodb-join-tokens.ts';
import { Policy } from '../../src/policy/policy.ts';
import { documentsOn, type NewTable, named } from './tables.ts';

const NOW = new Date('2026-11-21T10:00:00Z');
const LATER = new Date('2026-11-21T11:00:00Z');
const EXPIRY = new Date('2026-11-22T10:00:00Z');
const RACERS = Number(process.env['RACERS'] ?? 50);

const tokenId = (number: number) => JoinTokenId.parse(String(number).padStart(12, 'a'));
const tokenOf = (changes: Partial<JoinToken> = {}): JoinToken => ({
  id: tokenId(1),
  secretHash: hashSecret('s'.repeat(32)),
  namePattern: 'web-*',
  tags: { Größe: '', Role: 'web' },
  maxNames: 2,
  expiresAt: EXPIRY,
  cidrs: ['10.0.0.0/8'],
  rejoin: true,
  description: 'the racks in Sydney',
  names: [],
  createdAt: NOW,
  createdBy: 'alice',
  ...changes,
});
const web = (number: number) => InstanceName.parse(`web-${number}`);
const WEBS = Array.from({ length: RACERS }, (_, index) => web(index));

const counting = async (tokens: JoinTokens, names: readonly InstanceName[], now = NOW) =>
  Promise.all(names.map((name) => tokens.countName(tokenId(1), name, now)));
const countedOf = (answers: readonly string[]) => answers.filter((answer) => answer === 'counted').length;

/** What the `JoinTokens` port promises. */
export const joinTokenConformance = (newTable: NewTable): void => {
  const start = async (changes: Partial<JoinToken> = {}) => {
    const { client, tableName, ledger } = await newTable();
    const tokens = createDynamoDbJoinTokens(documentsOn(client, tableName));
    await tokens.create(tokenOf(changes));
    const bytes = async () => {
      const Key = toAttributes({ PK: `token#${tokenId(1)}`, SK: 'token' });
      const { Item } = await client.send(new GetItemCommand({ TableName: tableName, Key }));
      return Number(Item?.['NamesBytes']?.N);
    };
    return { tokens, ledger, read: () => tokens.read(tokenId(1)), bytes };
  };

  describe('a join token', () => {
    test('comes back as it was made', async () => {
      const { read } = await start();

      expect(await read()).toEqual(tokenOf());
    });

    test('is undefined when there is none', async () => {
      const { tokens } = await start();

      expect(await tokens.read(tokenId(2))).toBeUndefined();
    });

    test('of an id that is taken is not made, and the one that has it stays', async () => {
      const { tokens, read } = await start();

      const another = tokenOf({ maxNames: 1_000, secretHash: hashSecret('t'.repeat(32)) });
      await expect(tokens.create(another)).rejects.toThrow();

      expect(await read()).toMatchObject({ maxNames: 2 });
    });

    test('that is written again because the answer was lost is its own', async () => {
      const { tokens, read } = await start();

      await tokens.create(tokenOf());

      expect(await read()).toEqual(tokenOf());
    });
  });

  test('of a token made, used and revoked the table holds no secret', async () => {
    const { client, tableName } = await newTable();
    const tokens = createDynamoDbJoinTokens(documentsOn(client, tableName));
    const policy = Policy.parse({ joinTokens: {} }).joinTokens;
    const made = newJoinToken(NOW, policy, tokenOf(), 'alice');
    await tokens.create(made.token);
    await tokens.countName(made.token.id, web(1), NOW);
    await tokens.revoke(made.token.id, 'bob', NOW);

    const { Items } = await client.send(new ScanCommand({ TableName: tableName }));

    const secret = made.secret.slice(`ssmj_${made.token.id}_`.length);
    expect(JSON.stringify(Items)).toContain(hashSecret(secret));
    expect(JSON.stringify(Items)).not.toContain(secret);
  });

  describe('counting names', () => {
    test('lets in as many as the token is for, and no more', async () => {
      const { tokens, read } = await start();

      const answers = [];
      for (const name of [web(1), web(2), web(3)]) answers.push(...(await counting(tokens, [name])));

      expect(answers).toEqual(['counted', 'counted', 'refused']);
      expect(await read()).toMatchObject({ names: ['web-1', 'web-2'] });
    });

    test('costs nothing for a name that is counted, though the token is used up', async () => {
      const { tokens, read } = await start({ maxNames: 1 });

      expect(await counting(tokens, [web(1), web(1), web(1)])).toEqual(['counted', 'counted', 'counted']);
      expect(await counting(tokens, [web(2)])).toEqual(['refused']);
      expect(await counting(tokens, [web(1)])).toEqual(['counted']);
      expect(await read()).toMatchObject({ names: ['web-1'] });
    });

    test('counts the bytes of each name once, whoever races and however often it asks', async () => {
      const { tokens, bytes } = await start({ maxNames: 2 });
      const long = InstanceName.parse('名'.repeat(256));

      await counting(tokens, [web(1), long, web(1), long, web(2), long, web(1)]);
      await counting(tokens, [long, web(1)]);

      const { names = [] } = (await tokens.read(tokenId(1))) ?? {};
      expect(await bytes()).toBe(names.reduce((sum, name) => sum + sizeOfName(name), 0));
    });

    test(`of ${RACERS} racing for the last places counts just those`, async () => {
      const { tokens, read } = await start({ maxNames: 5 });

      const answers = await counting(tokens, WEBS);

      expect(countedOf(answers)).toBe(5);
      const winners = WEBS.filter((_, index) => answers[index] === 'counted');
      expect((await read())?.names).toEqual(winners.toSorted());
      expect(await counting(tokens, WEBS)).toEqual(answers);
    });

    test('lets every one in who races for the last place under one name', async () => {
      const { tokens } = await start({ maxNames: 1 });

      const answers = await counting(tokens, Array(RACERS).fill(web(1)));

      expect(countedOf(answers)).toBe(RACERS);
    });

    test('takes names that only case tells apart for two', async () => {
      const { tokens } = await start({ maxNames: 1 });
      await counting(tokens, [web(1)]);

      expect(await counting(tokens, [InstanceName.parse('WEB-1')])).toEqual(['refused']);
    });

    test.each([
      ['for the first time', web(2)],
      ['that is counted', web(1)],
    ])('refuses a name %s once the token is revoked', async (_which, name) => {
      const { tokens } = await start();
      await counting(tokens, [web(1)]);

      await tokens.revoke(tokenId(1), 'bob', NOW);

      expect(await counting(tokens, [name])).toEqual(['refused']);
    });

    test.each([
      ['for the first time', web(2)],
      ['that is counted', web(1)],
    ])('refuses a name %s once the token expired', async (_which, name) => {
      const { tokens } = await start();
      await counting(tokens, [web(1)]);

      expect(await counting(tokens, [name], EXPIRY)).toEqual(['refused']);
      expect(await counting(tokens, [name], new Date(EXPIRY.getTime() - 1))).toEqual(['counted']);
    });

    test('makes no token of an id that is none', async () => {
      const { tokens } = await start();

      expect(await tokens.countName(tokenId(2), web(1), NOW)).toBe('refused');
      expect(await tokens.read(tokenId(2))).toBeUndefined();
    });

    test('while the token is being revoked counts nobody afterwards', async () => {
      const { tokens, read } = await start({ maxNames: 1_000 });

      const racing = counting(tokens, WEBS);
      await tokens.revoke(tokenId(1), 'bob', NOW);
      const atRevocation = (await read())?.names;
      const answers = await racing;

      expect((await read())?.names).toEqual(atRevocation);
      expect(countedOf(answers)).toBe(atRevocation?.length);
    });
  });

  describe('revoking', () => {
    test('is remembered with who did it first', async () => {
      const { tokens, read } = await start();

      const first = await tokens.revoke(tokenId(1), 'bob', NOW);
      const second = await tokens.revoke(tokenId(1), 'carol', LATER);

      expect(first).toMatchObject({ revokedBy: 'bob', revokedAt: NOW });
      expect(second).toEqual(first);
      expect(await read()).toEqual(first);
    });

    test('makes no token of an id that is none', async () => {
      const { tokens } = await start();

      expect(await tokens.revoke(tokenId(2), 'bob', NOW)).toBeUndefined();
      expect(await tokens.read(tokenId(2))).toBeUndefined();
    });
  });

  describe('the list', () => {
    test('has every token once, the newest first, and nothing else, however it is paged', async () => {
      const { tokens, ledger } = await start();
      await ledger.replace(undefined, named('web-1'));
      for (let n = 2; n <= 7; n += 1) {
        await tokens.create(tokenOf({ id: tokenId(n), createdAt: new Date(NOW.getTime() + n) }));
      }
      await tokens.revoke(tokenId(3), 'bob', NOW);

      const listed: JoinToken[] = [];
      let after: string | undefined;
      do {
        const page = await tokens.list({ limit: 3, after });
        listed.push(...page.tokens);
        after = page.next;
      } while (after !== undefined);

      expect(listed.map(({ id }) => id)).toEqual([7, 6, 5, 4, 3, 2, 1].map(tokenId));
      expect(listed.map(({ revokedBy }) => revokedBy)).toContain('bob');
    });
  });
};
