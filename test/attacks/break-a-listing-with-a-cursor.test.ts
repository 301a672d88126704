import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import * as z from 'zod';
import { type Api, activate, asOperator, problemIn, startApi } from '../http/api.ts';

const LISTINGS = ['/nodes', '/tokens', '/events'] as const;
type Listing = (typeof LISTINGS)[number];

/** An API whose listings have three entries each, or more. */
const startFilled = async (): Promise<Api> => {
  const api = await startApi();
  for (const name of ['web-1', 'web-2', 'web-3']) {
    await activate(api, { name });
    const terms = { namePattern: `${name}-*`, expiresAt: '2026-11-22T10:00:00Z' };
    await asOperator(api, 'post', '/tokens').send(terms).expect(201);
  }
  return api;
};

const Page = z.looseObject({ NextCursor: z.string() });

/** The cursor that the first page of one entry ends with. */
const cursorOf = async (api: Api, listing: Listing): Promise<string> =>
  Page.parse((await asOperator(api, 'get', `${listing}?limit=1`).expect(200)).body).NextCursor;

const begin = (api: Api, listing: Listing, cursor: string) =>
  asOperator(api, 'get', listing).query({ limit: '1', cursor });

const encoded = (text: string | Uint8Array) => Buffer.from(text).toString('base64url');

const FORGED: readonly (readonly [what: string, make: (own: string) => string])[] = [
  ['nothing', () => ''],
  ['a blank', () => ' '],
  ['no base64', () => '!'],
  ['one letter', () => 'A'],
  ['an empty place', () => encoded('')],
  ['text of another kind', () => encoded('hello')],
  ['a place of no listing', (own) => encoded(`elsewhere:${Buffer.from(own, 'base64url')}`)],
  ['a place of no form', (own) => encoded(`${Buffer.from(own, 'base64url').toString().split(':')[0]}:`)],
  ['a name that is none', () => encoded(`nodes:${'x'.repeat(257)}`)],
  ['a moment without an id', () => encoded('events:2026-11-21T10:00:00.000Z')],
  ['a token id that is none', () => encoded('tokens:2026-11-21T10:00:00.000Z#../../etc')],
  ['bytes that are no text', () => encoded(Uint8Array.of(0x6e, 0xff, 0xfe))],
  ['its own, with padding', (own) => `${own}=`],
  ['its own, with a blank', (own) => `${own} `],
  ['its own, with a line end', (own) => `${own}\n`],
  ['its own, beheaded', (own) => own.slice(1)],
  ['its own, twice', (own) => own + own],
  ['ten thousand letters', () => 'A'.repeat(10_000)],
];

for (const listing of LISTINGS) {
  test(`GET ${listing} takes no cursor that it did not give`, async () => {
    const api = await startFilled();
    const own = await cursorOf(api, listing);

    for (const [what, make] of FORGED) {
      const response = await begin(api, listing, make(own));
      expect({ what, status: response.status }).toEqual({ what, status: 400 });
      problemIn(response, 400, 'InvalidRequest');
    }
  });

  test(`GET ${listing} takes no cursor of another listing, and its own`, async () => {
    const api = await startFilled();

    for (const other of LISTINGS) {
      const response = await begin(api, listing, await cursorOf(api, other));
      expect({ other, status: response.status }).toEqual({ other, status: other === listing ? 200 : 400 });
    }
  });

  test(`GET ${listing} is neither broken nor begun anew by a cursor with a letter changed`, async () => {
    const api = await startFilled();
    const own = await cursorOf(api, listing);
    const letters = [...'ABCabc019-_=+/ ', ''];

    await fc.assert(
      fc.asyncProperty(fc.nat(own.length - 1), fc.constantFrom(...letters), async (at, letter) => {
        const cursor = own.slice(0, at) + letter + own.slice(at + 1);

        const { status } = await begin(api, listing, cursor);

        expect([200, 400]).toContain(status);
        if (cursor === own) expect(status).toBe(200);
      }),
      { numRuns: 100 },
    );
  });
}

test('a cursor of the events of one name is none of those of another', async () => {
  const api = await startFilled();
  await activate(api, { name: 'web-1' });
  const { body } = await asOperator(api, 'get', '/events?name=web-1&limit=1').expect(200);
  const { NextCursor } = Page.parse(body);

  const own = await asOperator(api, 'get', '/events').query({ name: 'web-1', cursor: NextCursor });
  const other = await asOperator(api, 'get', '/events').query({ name: 'web-2', cursor: NextCursor });

  expect(own.status).toBe(200);
  problemIn(other, 400, 'InvalidRequest');
});
