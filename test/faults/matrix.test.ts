import { writeFile } from 'node:fs/promises';
import { afterAll, describe, expect, test } from 'vitest';
import { whyNoDynamoDbLocal } from '../ledger/dynamodb-local.ts';
import { aftermath, comeBack } from './aftermath.ts';
import { type TableRow, tableOf } from './matrix-table.ts';
import { type Asks, playRow } from './play-row.ts';
import { ROUTES } from './routes.ts';
import { isOfReadiness, ROWS, SMALL_ROWS } from './rows.ts';
import { IS_FULL_SIZE } from './size.ts';
import { createStages } from './stages.ts';
import type { Holds } from './verdict.ts';

/** A file for what was seen. */
const TABLE = process.env['FAULT_TABLE'];
/** DynamoDB Local takes seconds to start: only where nobody minds. */
const LEDGER = IS_FULL_SIZE && whyNoDynamoDbLocal() === undefined ? 'dynamodb-local' : 'embedded';
/** In the small form nobody waits for what may take longer. */
const SHORT_SECONDS = 8;

const asks: Asks = ({ withinSeconds }) => IS_FULL_SIZE || withinSeconds <= SHORT_SECONDS;

const holds: Holds = (actual, expected) => {
  try {
    expect(actual).toMatchObject(expected);
    return true;
  } catch {
    return false;
  }
};

const MINTING = ['activate, a new name', 'activate, a known name', 'activate, by a token'] as const;

const stages = createStages(LEDGER);
const table: TableRow[] = [];
afterAll(async () => {
  await stages.close();
  if (TABLE !== undefined) await writeFile(TABLE, tableOf(table));
});

const played = (IS_FULL_SIZE ? ROWS : SMALL_ROWS).map((row, index) => ({ ...row, key: `r${index}` }));

describe.concurrent('every caller is answered as it must be, in time, and nothing is doubled, lost or stuck', () => {
  test.each(played)('$title', { timeout: 180_000 }, async ({ key, ...row }) => {
    const wrong = await stages.on(isOfReadiness(row), async ({ stage, worker, door: doorOf }) => {
      const door = await doorOf(row.door);
      const { cast, cells } = await playRow(row, key, stage, door, asks, holds);
      table.push({ title: row.title, cells });
      const isTagged = (route: string) =>
        cells.some((cell) => cell.route === route && [200, 202].includes(cell.answer.status ?? 0));
      const returning =
        row.extent.kind === 'lasting'
          ? await Promise.all(MINTING.map((route) => comeBack(door, ROUTES[route].call(cast))))
          : [];
      const accepted = { tagged: isTagged('tag, registered'), put: isTagged('PUT /nodes/{name}/tags') };
      return [
        ...cells.flatMap((cell) => cell.wrong.map((what) => `${cell.route}: ${what}`)),
        ...returning.filter((what) => what !== undefined),
        ...(await aftermath(stage, worker, cast, accepted)),
      ];
    });

    expect(wrong).toEqual([]);
  });
});
