type Random = (below: number) => number;

/** A small seeded generator (mulberry32), so that a failing run can be run again. */
export const randomFrom = (seed: number): Random => {
  let state = seed >>> 0;
  return (below) => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = Math.imul(state ^ (state >>> 15), state | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) % below;
  };
};

export const pick = <Item>(items: readonly Item[], random: Random): Item => {
  const item = items[random(items.length)];
  if (item === undefined) throw new RangeError('there is nothing to pick from');
  return item;
};

/** Octets that mean much in BER: tags, length forms, ends of contents. */
const TELLING: readonly number[] = [
  0x00, 0x01, 0x02, 0x04, 0x05, 0x06, 0x24, 0x30, 0x31, 0x7f, 0x80, 0x81, 0x82, 0x84, 0xa0, 0xa1, 0xff,
];

const splice = (bytes: Buffer, from: number, to: number, ...instead: readonly Buffer[]): Buffer =>
  Buffer.concat([bytes.subarray(0, from), ...instead, bytes.subarray(to)]);

const mutations: readonly ((bytes: Buffer, at: number, random: Random) => Buffer)[] = [
  (bytes, at, random) => splice(bytes, at, at + 1, Buffer.of((bytes[at] ?? 0) ^ (1 << random(8)))),
  (bytes, at, random) => splice(bytes, at, at + 1, Buffer.of(random(256))),
  (bytes, at, random) => splice(bytes, at, at + 1, telling(random)),
  (bytes, at, random) => splice(bytes, at, at, telling(random)),
  (bytes, at, random) => splice(bytes, at, at + 1 + random(8)),
  (bytes, at, random) => splice(bytes, at, at, bytes.subarray(at, at + random(64))),
  (bytes, at) => bytes.subarray(0, at),
  (bytes, at, random) => splice(bytes, at, at + 2, Buffer.of(random(256), random(256))),
  withoutElement,
  withElementTwice,
  withElementElsewhere,
  withElementEmptied,
  withElementRenamed,
];

/** One to three changes at random, of single octets and of whole elements with the lengths around them left as they are. */
export const mutated = (message: Buffer, random: Random): Buffer => {
  let bytes = message;
  for (let left = 1 + random(3); left > 0 && bytes.length > 0; left--) {
    bytes = pick(mutations, random)(bytes, random(bytes.length), random);
  }
  return bytes;
};

const telling = (random: Random): Buffer => Buffer.of(pick(TELLING, random));

/** Where an element that starts at `at` would end, if it has a length of one octet or two more. */
const endOf = (bytes: Buffer, at: number): number => {
  const length = bytes[at + 1] ?? 0;
  if (length < 0x80) return at + 2 + length;
  if (length === 0x81) return at + 3 + (bytes[at + 2] ?? 0);
  return length === 0x82 && at + 4 <= bytes.length ? at + 4 + bytes.readUInt16BE(at + 2) : at + 2;
};

function withoutElement(bytes: Buffer, at: number): Buffer {
  return splice(bytes, at, endOf(bytes, at));
}

function withElementTwice(bytes: Buffer, at: number): Buffer {
  return splice(bytes, at, at, bytes.subarray(at, endOf(bytes, at)));
}

function withElementElsewhere(bytes: Buffer, at: number, random: Random): Buffer {
  const to = random(bytes.length);
  return splice(bytes, to, to, bytes.subarray(at, endOf(bytes, at)));
}

function withElementEmptied(bytes: Buffer, at: number): Buffer {
  return splice(bytes, at + 1, endOf(bytes, at), Buffer.of(0));
}

function withElementRenamed(bytes: Buffer, at: number, random: Random): Buffer {
  return splice(bytes, at, at + 1, telling(random));
}
