import { firstAfter } from './collection.ts';
import { AwsError } from './errors.ts';
import type { Stored } from './records.ts';
import { seal } from './sealing.ts';

export interface PageRequest<T extends Stored> {
  /** In the order of their serial numbers. */
  readonly candidates: readonly T[];
  readonly matches: (record: T) => boolean;
  readonly limit: number;
  readonly token: string | undefined;
  /** The operation and its filters: a token is good for the question it answered and no other. */
  readonly question: unknown;
  readonly sealingKey: Uint8Array;
}

/** A page, and a token only when there is more. */
export function page<T extends Stored>(request: PageRequest<T>): { items: T[]; nextToken?: string } {
  const { candidates, matches, limit, token } = request;
  const items: T[] = [];
  const start = token === undefined ? 0 : firstAfter(candidates, serialIn(token, request));
  for (let index = start; index < candidates.length; index++) {
    const record = candidates[index];
    if (!record || !matches(record)) continue;
    const last = items.at(-1);
    if (last && items.length === limit) return { items, nextToken: tokenAfter(last.serial, request) };
    items.push(record);
  }
  return { items };
}

type Sealing = Pick<PageRequest<Stored>, 'question' | 'sealingKey'>;

function tokenAfter(serial: number, { question, sealingKey }: Sealing): string {
  const place = Buffer.alloc(6);
  place.writeUIntBE(serial, 0, 6);
  const mark = seal(sealingKey, 'page', JSON.stringify([serial, question])).subarray(0, 18);
  return Buffer.concat([place, mark]).toString('base64url');
}

function serialIn(token: string, sealing: Sealing): number {
  const bytes = Buffer.from(token, 'base64url');
  const serial = bytes.length < 6 ? 0 : bytes.readUIntBE(0, 6);
  if (token !== tokenAfter(serial, sealing)) throw new AwsError('InvalidNextToken');
  return serial;
}
