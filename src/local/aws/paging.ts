import { firstAfter } from './collection.ts';
import { AwsError } from './errors.ts';
import type { Stored } from './records.ts';
import { seal } from './sealing.ts';
import type { CutPage } from './sparse-pages.ts';

export interface PageRequest<T extends Stored, Shown> {
  /** In the order of their serial numbers. */
  readonly candidates: readonly T[];
  /** Undefined for a record that the question is not about. */
  readonly show: (record: T) => Shown | undefined;
  readonly limit: number;
  readonly token: string | undefined;
  /** The operation and its filters: a token is good for the question it answered and no other. */
  readonly question: unknown;
  readonly sealingKey: Uint8Array;
  readonly cut: CutPage;
}

/** Where a page begins. */
interface Place {
  /** After the record with this number. */
  readonly serial: number;
  /** The page before was empty: this one is not, unless it is the last. */
  readonly afterEmpty: boolean;
}

/** A page, and a token only when there is more or the page was cut. */
export function page<T extends Stored, Shown>(
  request: PageRequest<T, Shown>,
): { items: Shown[]; nextToken?: string } {
  const { candidates, show, limit, token, cut } = request;
  const place = token === undefined ? { serial: 0, afterEmpty: false } : placeIn(token, request);
  const found: { serial: number; shown: Shown }[] = [];
  for (let index = firstAfter(candidates, place.serial); index < candidates.length; index++) {
    const record = candidates[index];
    if (!record) continue;
    const shown = show(record);
    if (shown !== undefined) found.push({ serial: record.serial, shown });
    if (found.length > limit) break;
  }
  const whole = found.slice(0, limit);
  const length = cut(whole.length, place.afterEmpty);
  const cutShort = whole.slice(0, length);
  const items = cutShort.map(({ shown }) => shown);
  if (length === undefined && found.length <= limit) return { items };
  const next = { serial: cutShort.at(-1)?.serial ?? place.serial, afterEmpty: items.length === 0 };
  return { items, nextToken: tokenAt(next, request) };
}

type Sealing = Pick<PageRequest<Stored, unknown>, 'question' | 'sealingKey'>;

function tokenAt({ serial, afterEmpty }: Place, { question, sealingKey }: Sealing): string {
  const place = Buffer.alloc(7);
  // Nodes that did not register here stand half-way between two numbers.
  place.writeUIntBE(serial * 2, 0, 6);
  place.writeUInt8(afterEmpty ? 1 : 0, 6);
  const mark = seal(sealingKey, 'page', JSON.stringify([serial, afterEmpty, question])).subarray(0, 17);
  return Buffer.concat([place, mark]).toString('base64url');
}

function placeIn(token: string, sealing: Sealing): Place {
  const bytes = Buffer.from(token, 'base64url');
  const place =
    bytes.length < 7
      ? { serial: 0, afterEmpty: false }
      : { serial: bytes.readUIntBE(0, 6) / 2, afterEmpty: bytes[6] === 1 };
  if (token !== tokenAt(place, sealing)) throw new AwsError('InvalidNextToken');
  return place;
}
