import { execFileSync } from 'node:child_process';
import { describe, expect, test } from 'vitest';
import { parseAllDocuments } from 'yaml';
import { startCli } from '../cli/command-line.ts';
import { isInstalled } from '../cli/installed.ts';
import { readCsv } from '../cli/read-csv.ts';

/** What strangers send as a name, to whoever reads of their refusal. */
const NAMES = [
  '\ud800',
  'half \udc00 of a pair',
  // The 256th character is cut in two.
  `${'a'.repeat(255)}🙂`,
  '=HYPERLINK("https://evil.example","click")',
  '  "=1+1',
  '\t@SUM(1)',
  'a;-1+1',
  '＝1+1',
  '\u001b[2J\u001b]0;owned\u0007',
  '\u009b31m',
  'txt.\u202eexe',
  'a\u2028b\u200b\u{e0001}',
  'a\r\nb',
];
const UNSAFE = /[^\n\P{Cc}]|[\p{Cf}\p{Zl}\p{Zp}\p{Cs}]/u;

const ask = async ({ api }: Awaited<ReturnType<typeof startCli>>, name: string) =>
  api.http
    .post('/activate')
    .set('content-type', 'application/json')
    .send(JSON.stringify({ name, [name]: name }));

/** The trail of all those refusals, as a command shows it on a terminal. */
const shown = async (words: string): Promise<string> => {
  const started = await startCli();
  for (const name of NAMES) {
    expect((await ask(started, name)).status).toBe(400);
    // Another refusal, so that each has an event of its own.
    started.api.clock.advance(11 * 60_000);
  }
  const { stdout, stderr, code } = await started.cli(words, {
    columns: 400,
    environment: { NO_COLOR: '1' },
  });
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  return stdout;
};

describe('the trail of refusals', () => {
  test.each(['table', 'json', 'ndjson', 'yaml'])(
    'as %s moves no cursor and turns no text round',
    async (format) => {
      expect(await shown(`events list -o ${format}`)).not.toMatch(UNSAFE);
    },
  );

  test('as csv moves no cursor, and no cell of it is a formula', async () => {
    const text = await shown('events list -o csv');

    expect(text.replaceAll('\r\n', '\n')).not.toMatch(UNSAFE);
    const cells = readCsv(text).flat();
    expect(
      cells.filter((cell) => /(?:^|;)[\s"']*[=+\-@＝＋－＠]/.test(cell) && !/(?:^|;)'/.test(cell)),
    ).toEqual([]);
    expect(cells).toContain('\'=HYPERLINK("https://evil.example","click")');
  });

  test.skipIf(!isInstalled('jq'))('as ndjson is good for jq to the last line', async () => {
    const input = await shown('events list -o ndjson');

    const names = execFileSync('jq', ['-r', '.Name | length'], { input, encoding: 'utf8' });

    expect(names.trim().split('\n')).toHaveLength(NAMES.length);
  });

  test('as JSON and YAML says the same, and what was sent where that was text', async () => {
    const json: { Name: string }[] = JSON.parse(await shown('events list -o json'));
    const [yaml] = parseAllDocuments(await shown('events list -o yaml'));

    const names = json.map(({ Name }) => Name).toReversed();
    expect(names).toEqual(
      NAMES.map((name) => name.slice(0, 255 + (name.length > 256 ? 0 : 1)).toWellFormed()),
    );
    expect(yaml?.toJS().map(({ Name }: { Name: string }) => Name)).toEqual(names.toReversed());
  });

  test('as the API has it, and the answer to the stranger, hold no half of a pair', async () => {
    const started = await startCli();

    const answers = await Promise.all(NAMES.map((name) => ask(started, name)));
    const { text } = await started.api.http
      .get('/events')
      .set('authorization', 'Bearer operator-key-of-the-tests');

    for (const body of [text, ...answers.map((answer) => answer.text)])
      expect(body).not.toMatch(/\\ud[89a-f]/i);
  });
});

test('a warning on stderr moves no cursor', async () => {
  const { cli } = await startCli();

  const { stderr } = await cli('nodes show \u001b[2J\u202ename', { columns: 80 });

  expect(stderr).toContain('error: ');
  expect(stderr).not.toMatch(UNSAFE);
});
