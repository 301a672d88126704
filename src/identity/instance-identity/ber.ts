import { Refused } from './faults.ts';

/** One BER element (ITU-T X.690). The buffers are views of the message, not copies. */
export interface Element {
  /** The identifier octet: class, constructed bit and tag number. */
  readonly tag: number;
  /** Header, body and, of an indefinite length, the end-of-contents octets. */
  readonly whole: Buffer;
  readonly body: Buffer;
  /** Empty when primitive. */
  readonly children: readonly Element[];
}

const CONSTRUCTED = 0x20;
const MULTI_OCTET_TAG = 0x1f;
const END_OF_CONTENTS = 0x00;
const INDEFINITE = 0x80;
/** The rsa2048 form is 10 deep, an embedded certificate no deeper. */
const MAX_DEPTH = 16;

/**
 * Reads `message` as exactly one element. Narrower than BER where the real messages are: one-octet tags, and definite
 * lengths in their shortest form, below 64 KiB. Each octet is visited once. Throws only `Refused` (`Malformed`).
 */
export const readBer = (message: Buffer): Element => {
  const element = elementAt(message, 0, message.length, 0);
  if (element.whole.length !== message.length) throw new Refused('Malformed');
  return element;
};

const elementAt = (message: Buffer, start: number, limit: number, depth: number): Element => {
  const tag = octetAt(message, start, limit);
  if (tag === END_OF_CONTENTS || (tag & MULTI_OCTET_TAG) === MULTI_OCTET_TAG || depth > MAX_DEPTH) {
    throw new Refused('Malformed');
  }
  const constructed = (tag & CONSTRUCTED) !== 0;
  const definite = octetAt(message, start + 1, limit) !== INDEFINITE;
  const { from, to } = definite ? bodyAt(message, start + 1, limit) : { from: start + 2, to: limit };
  if (!definite && !constructed) throw new Refused('Malformed');

  const children: Element[] = [];
  let next = from;
  while (constructed && (definite ? next < to : octetAt(message, next, to) !== END_OF_CONTENTS)) {
    const child = elementAt(message, next, to, depth + 1);
    children.push(child);
    next += child.whole.length;
  }
  if (definite) {
    return { tag, whole: message.subarray(start, to), body: message.subarray(from, to), children };
  }
  if (octetAt(message, next + 1, limit) !== 0) throw new Refused('Malformed');
  return { tag, whole: message.subarray(start, next + 2), body: message.subarray(from, next), children };
};

/** Where the body lies whose definite length is written at `at`. */
const bodyAt = (message: Buffer, at: number, limit: number): { from: number; to: number } => {
  const first = octetAt(message, at, limit);
  const octets = first < 0x80 ? 0 : first & 0x7f;
  let length = octets === 0 ? first : 0;
  for (let i = 1; i <= octets; i++) length = length * 256 + octetAt(message, at + i, limit);
  const shortest = length < 0x80 ? 0 : length < 0x100 ? 1 : 2;
  const from = at + 1 + octets;
  if (octets !== shortest || from + length > limit) throw new Refused('Malformed');
  return { from, to: from + length };
};

const octetAt = (message: Buffer, at: number, limit: number): number => {
  const octet = at < limit ? message[at] : undefined;
  if (octet === undefined) throw new Refused('Malformed');
  return octet;
};
