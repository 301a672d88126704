/** A minimal DER and BER writer, written apart from the reader in src so that neither hides the other's mistakes. */
export type Lengths = 'definite' | 'indefinite';

/** Tag, definite length, content. */
export const tlv = (tag: number, ...content: readonly Uint8Array[]): Buffer => {
  const body = Buffer.concat(content);
  return Buffer.concat([Buffer.of(tag), lengthOf(body.length), body]);
};

/** A constructed element in either kind of length. */
export const constructed = (lengths: Lengths, tag: number, ...content: readonly Uint8Array[]): Buffer =>
  lengths === 'definite'
    ? tlv(tag, ...content)
    : Buffer.concat([Buffer.of(tag, 0x80), ...content, Buffer.of(0, 0)]);

export const sequence = (...content: readonly Uint8Array[]): Buffer => tlv(0x30, ...content);
export const set = (...content: readonly Uint8Array[]): Buffer => tlv(0x31, ...content);
export const octetString = (content: Uint8Array): Buffer => tlv(0x04, content);
export const integer = (...octets: readonly number[]): Buffer => tlv(0x02, Buffer.from(octets));
export const nothing = (): Buffer => tlv(0x05);

/** `oid('1.2.840.113549.1.7.2')` */
export const oid = (dotted: string): Buffer => {
  const [first = 0, second = 0, ...arcs] = dotted.split('.').map(Number);
  return tlv(0x06, Buffer.from([first * 40 + second, ...arcs.flatMap(base128)]));
};

const base128 = (arc: number): number[] => {
  const groups = [arc & 0x7f];
  for (let rest = arc >>> 7; rest > 0; rest >>>= 7) groups.unshift((rest & 0x7f) | 0x80);
  return groups;
};

const lengthOf = (length: number): Buffer => {
  if (length < 0x80) return Buffer.of(length);
  if (length < 0x100) return Buffer.of(0x81, length);
  return Buffer.of(0x82, length >> 8, length & 0xff);
};
