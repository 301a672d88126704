import { execFileSync } from 'node:child_process';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { shellAssignments } from '../../src/http/shell-assignments.ts';
import { startApi } from './api.ts';

const RUNS = Number(process.env['PROPERTY_RUNS'] ?? 200);

/** What a real shell has in its variables after it has evaluated each text. */
const evaluated = (texts: readonly string[], variables: readonly string[]): string[][] => {
  const print = variables.map((variable) => `printf '%s\\0' "$${variable}"`).join('\n');
  const script = texts.map((text) => `eval "$(cat <<'END-OF-ANSWER'\n${text}END-OF-ANSWER\n)"\n${print}\n`);
  const output = execFileSync('sh', ['-eu'], { input: script.join(''), env: {}, encoding: 'utf8' });
  const values = output.split('\0').slice(0, -1);
  return texts.map((_, index) => values.slice(index * variables.length, (index + 1) * variables.length));
};

const hostile = fc.array(
  fc.oneof(
    fc.constantFrom(
      "'",
      '"',
      '`',
      '$(exit 9)',
      '$HOME',
      '\\',
      '\n',
      '\r',
      "'\\''",
      ';',
      '&',
      '|',
      '#',
      '*',
      '~',
      ' ',
      '\t',
      '=',
    ),
    fc.string({ unit: 'binary', maxLength: 3 }).map((text) => text.replaceAll('\0', '')),
  ),
  { maxLength: 12 },
);

describe('shell assignments', () => {
  test('give a shell each value exactly, whatever it holds', () => {
    const value = hostile.map((parts) => parts.join('').toWellFormed());
    const batch = fc.array(fc.record({ FIRST: value, SECOND: value }), { minLength: RUNS, maxLength: RUNS });
    fc.assert(
      fc.property(batch, (records) => {
        const shown = evaluated(records.map(shellAssignments), ['FIRST', 'SECOND']);
        expect(shown).toEqual(records.map(({ FIRST, SECOND }) => [FIRST, SECOND]));
      }),
      { numRuns: 3 },
    );
  });

  test.each([
    ['format=env', { query: '&format=env', accept: '*/*' }],
    ['Accept: text/plain', { query: '', accept: 'text/plain' }],
    ['Accept: text/plain above JSON', { query: '', accept: 'application/json;q=0.5, text/plain' }],
    ['format=env against Accept', { query: '&format=env', accept: 'application/json' }],
  ])('are the answer to %s', async (_asked, { query, accept }) => {
    const { http } = await startApi();

    const response = await http.get(`/activate?name=web-1${query}`).set('accept', accept).expect(200);

    expect(response.headers['content-type']).toMatch(/^text\/plain\b/);
    expect(response.headers['cache-control']).toBe('no-store');
    const variables = ['ACTIVATION_ID', 'ACTIVATION_CODE', 'NAME', 'REGION', 'EXPIRATION_DATE'];
    expect(evaluated([response.text], variables)).toEqual([
      [
        expect.stringMatching(/^[0-9a-f-]{36}$/),
        expect.stringMatching(/^.{20}$/),
        'web-1',
        'eu-west-1',
        '2026-11-21T11:00:00Z',
      ],
    ]);
  });

  test.each([
    ['no Accept at all', { query: '', accept: '' }],
    ['a browser', { query: '', accept: 'text/html,application/xml;q=0.9,*/*;q=0.8' }],
    ['equal liking', { query: '', accept: 'text/plain, application/json' }],
    ['text/plain refused', { query: '', accept: 'text/plain;q=0' }],
    ['format=json against Accept', { query: '&format=json', accept: 'text/plain' }],
  ])('are not the answer to %s', async (_asked, { query, accept }) => {
    const { http } = await startApi();

    const response = await http.get(`/activate?name=web-1${query}`).set('accept', accept).expect(200);

    expect(response.headers['content-type']).toMatch(/^application\/json\b/);
  });

  test('an error stays a problem in JSON, so that an eval of it cannot look like success', async () => {
    const { http } = await startApi();

    const response = await http.get('/activate?name=&format=env').expect(400);

    expect(response.headers['content-type']).toMatch(/^application\/problem\+json\b/);
  });

  test('format may stand in a body', async () => {
    const { http } = await startApi();

    const response = await http.post('/activate').send({ name: 'web-1', format: 'env' }).expect(200);

    expect(response.text).toContain("NAME='web-1'\n");
  });
});
