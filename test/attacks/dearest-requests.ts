import type { InjectOptions } from 'fastify';

/** In bytes: what a body may hold, and what Node takes of a URL and headers (16 KiB), with room for the rest of it. */
const MOST_BODY = 63 * 1024;
const MOST_HEAD = 14 * 1024;

const filledWith = (piece: string, length: number): string =>
  piece.repeat(Math.floor(length / Buffer.byteLength(piece)));
const numbered = (length: number, piece: (number: number) => string): string => {
  let text = '';
  for (let number = 0; text.length < length - 20; number += 1) text += piece(number);
  return text;
};

const get = (query: string): InjectOptions => ({ method: 'GET', url: `/activate?name=web-1&${query}` });
const post = (payload: string): InjectOptions => ({
  method: 'POST',
  url: '/activate',
  headers: { 'content-type': 'application/json' },
  payload,
});
const tags = (json: string): InjectOptions => post(`{"name":"web-1","tags":${json}}`);
const text = (piece: string): InjectOptions => tags(JSON.stringify(filledWith(piece, MOST_BODY)));
const list = (element: string): InjectOptions =>
  tags(`[${filledWith(`${element},`, MOST_BODY - 100)}${element}]`);
const bearer = (credential: string): InjectOptions => ({
  method: 'GET',
  url: '/activate?name=web-1',
  headers: { authorization: `Bearer ${credential}` },
});
const document = (proof: string): InjectOptions => ({
  method: 'POST',
  url: '/activate',
  headers: { 'content-type': 'application/json' },
  payload: JSON.stringify({ name: 'web-1', instanceIdentity: proof }),
});
const base64url = (content: string): string => Buffer.from(content).toString('base64url');
const jwt = (claims: string): InjectOptions =>
  bearer(`${base64url('{"alg":"RS256"}')}.${base64url(claims)}.AAAA`);
/** Elements of BER within one, as many as there is room for. */
const ber = (octets: readonly number[], inner: number): InjectOptions => {
  const content = Buffer.alloc(inner, Buffer.from(octets));
  const head = Buffer.from([0x30, 0x82, content.length >> 8, content.length & 0xff]);
  return document(Buffer.concat([head, content]).toString('base64'));
};

/** What strangers can send that costs the most to read, whatever reads it: all of it comes before any proof. */
export const DEAREST: Readonly<Record<string, InjectOptions>> = {
  'query: tags outside the alphabet': get(`tags=${filledWith('!,', MOST_HEAD)}`),
  'query: tags without end': get(`tags=${filledWith('a,', MOST_HEAD)}`),
  'query: commas': get(`tags=${filledWith(',', MOST_HEAD)}`),
  'query: tags over and over': get(filledWith('tags=!&', MOST_HEAD)),
  'query: fields that no one knows': get(numbered(MOST_HEAD, (number) => `f${number}=&`)),
  'query: escapes': get(`tags=${filledWith('%e2%80%a8', MOST_HEAD)}`),
  'query: a name of escapes': { method: 'GET', url: `/activate?name=${filledWith('%e3%85%a4', MOST_HEAD)}` },
  'tags: outside the alphabet': text('!,'),
  'tags: one letter each': text('a,'),
  'tags: commas': text(','),
  'tags: spaces': text(' '),
  'tags: spaces within': tags(JSON.stringify(`a${filledWith(' ', MOST_BODY - 10)}b`)),
  'tags: one long key': text('k'),
  'tags: letters that decompose': text('ﷺ'),
  'tags: an object of many': tags(`{${numbered(MOST_BODY - 100, (number) => `"${number}!":"!",`)}"x":""}`),
  'tags: an object of what is no text': tags(
    `{${numbered(MOST_BODY - 100, (number) => `"${number}":1,`)}"x":""}`,
  ),
  'tags: a list of numbers': list('1'),
  'tags: a list of nothing': list('{}'),
  'tags: a list of pairs': list('{"Key":"!","Value":"!"}'),
  'tags: a list of pairs with more': list('{"Key":"a","Value":"b","C":1,"D":2}'),
  'tags: lists in lists': tags(filledWith('[', MOST_BODY / 2) + filledWith(']', MOST_BODY / 2)),
  'body: fields that no one knows': post(
    `{${numbered(MOST_BODY - 100, (number) => `"f${number}":1,`)}"x":1}`,
  ),
  'body: a list': post(`[${filledWith('1,', MOST_BODY)}1]`),
  'body: what is no JSON': post(filledWith('[{"a":', MOST_BODY)),
  'body: a long name': post(JSON.stringify({ name: filledWith('\u3164', MOST_BODY) })),
  'body: a long format': post(JSON.stringify({ name: 'web-1', format: filledWith('x', MOST_BODY) })),
  'document: too long': document(filledWith('A', MOST_BODY)),
  'document: line breaks': document(filledWith('A\n', 16 * 1024)),
  'document: many small elements': ber([0x05, 0x00], 12_000),
  'document: elements without length': ber([0x30, 0x80, 0x00, 0x00], 12_000),
  'document: deep': ber([0x30, 0x80], 12_000),
  'bearer: spaces': bearer(filledWith(' ', MOST_HEAD)),
  'bearer: dots': bearer(filledWith('a.', MOST_HEAD)),
  'bearer: letters': bearer(filledWith('a', MOST_HEAD)),
  'bearer: a long join token': bearer(`ssmj_${filledWith('a_', MOST_HEAD)}`),
  'token: many claims': jwt(`{${numbered(MOST_HEAD / 2, (number) => `"c${number}":1,`)}"iss":"x"}`),
  'token: lists in lists': jwt(`{"iss":"x","a":${filledWith('[', 4_000)}${filledWith(']', 4_000)}}`),
  'token: many audiences': jwt(`{"iss":"https://issuer.example","aud":[${filledWith('"",', 8_000)}""]}`),
  'path: long and unknown': { method: 'GET', url: `/${filledWith('a/', MOST_HEAD)}` },
  'path: escapes': { method: 'GET', url: `/nodes/${filledWith('%41', MOST_HEAD)}` },
  'operators: a list of names': { method: 'GET', url: `/nodes?cursor=${filledWith('A', MOST_HEAD)}` },
  'operators: a dry run': { ...post(filledWith('[', MOST_BODY)), url: '/identity/check' },
  'tag: tags outside the alphabet': { ...text('!,'), url: '/tag' },
};

/** What an honest machine sends at its worst: as many tags as a node can have, of the ordinary length. */
export const ORDINARY: InjectOptions = tags(
  JSON.stringify(
    Object.fromEntries(Array.from({ length: 50 }, (_, index) => [`Key-${index}`, `value ${index}`])),
  ),
);
