import { describe, expect, test } from 'vitest';
import { EXIT_CODES } from '../../src/cli/failure.ts';
import { activate, bootMachine } from '../http/api.ts';
import { runCli, startCli } from './command-line.ts';
import { answering, startOther } from './other-api.ts';

/** A token's whole text, where its id is wanted. */
const WHOLE_TOKEN = 'ssmj_abcdefghijkl_a-secret-that-nobody-is-to-see-again';

describe('a failure', () => {
  test('has an exit code of its own', () => {
    const codes = Object.values(EXIT_CODES).map(({ code }) => code);

    expect(new Set(codes).size).toBe(codes.length);
  });

  test('of a wrong key is denied, with code, detail, request id and advice', async () => {
    const { cli } = await startCli();

    const { code, stdout, stderr } = await cli('nodes list', {
      environment: { OPERATOR_KEY: 'a-wrong-key' },
    });

    expect({ code, stdout }).toEqual({ code: 3, stdout: '' });
    expect(stderr).toMatch(
      /^error: OperatorRequired: Sign the request .*\n {2}See which key.*ssm-activation config show\n {2}Request id: \S+\n$/,
    );
    expect(stderr).not.toContain('a-wrong-key');
  });

  test('of an unreachable API is unavailable, and says which and what to do', async () => {
    const environment = { SSM_ACTIVATION_API: 'http://127.0.0.1:9', OPERATOR_KEY: 'key' };

    const { code, stderr } = await runCli(['nodes', 'list'], { environment });

    expect(code).toBe(6);
    expect(stderr).toContain('The API at http://127.0.0.1:9 cannot be reached');
    expect(stderr).toContain('--api or SSM_ACTIVATION_API');
  });

  test('of an API that does not answer is unavailable in the time given', async () => {
    const silent = await startOther(() => {});

    const { code, stderr } = await runCli(['nodes', 'list', '--timeout', '0.1', '--api', silent], {
      environment: { OPERATOR_KEY: 'key' },
    });

    expect({ code, stderr }).toMatchObject({
      code: 6,
      stderr: expect.stringContaining('no answer within 0.1 s'),
    });
  });

  test('of something else that answers is unavailable', async () => {
    const environment = await answering(200, { 'content-type': 'text/html' }, '<p>');

    const { code, stderr } = await runCli(['nodes', 'list'], { environment });

    expect({ code, stderr }).toMatchObject({ code: 6, stderr: expect.stringContaining('is not this API') });
  });

  test('of another service is told to be a matter of the address', async () => {
    const environment = await answering(400, { 'content-type': 'application/json' }, '{"message": "What?"}');

    expect(await runCli(['nodes', 'list'], { environment })).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('Is this the right address?'),
    });
  });

  test.each([
    ['an operator key of several lines', 'nodes list', { OPERATOR_KEY: 'first-secret\nsecond-secret' }],
    ['an operator key beyond ASCII', 'nodes list', { OPERATOR_KEY: 'ключ-secret' }],
    ['a password in the address', 'nodes list --api http://me:secret@127.0.0.1:9', { OPERATOR_KEY: 'k' }],
    ['a token in place of its id', `tokens revoke ${WHOLE_TOKEN}`, { OPERATOR_KEY: 'k' }],
  ])('of usage quotes no secret: %s', async (_what, words, environment) => {
    const { code, stdout, stderr } = await runCli(words.split(' '), { environment });

    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr).toMatch(/^error: ./);
    expect(stderr).not.toContain('secret');
  });

  test('of an empty key file says that it is empty', async () => {
    expect(await runCli(['nodes', 'list', '--operator-key-file', '/dev/null'])).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('The operator key (flag --operator-key-file) is empty.'),
    });
  });

  test("of API Gateway's own is denied, with its code and request id", async () => {
    const environment = await answering(
      403,
      {
        'content-type': 'application/json',
        'x-amzn-errortype': 'AccessDeniedException',
        'x-amzn-requestid': 'gateway-request',
      },
      '{"Message":"User: arn:aws:iam::123456789012:user/x is not authorized"}',
    );

    const { code, stderr } = await runCli(['nodes', 'list'], { environment });

    expect(code).toBe(3);
    expect(stderr).toContain(
      'AccessDeniedException: User: arn:aws:iam::123456789012:user/x is not authorized',
    );
    expect(stderr).toContain('Request id: gateway-request');
  });

  test('of a name or a token that is not there is not found', async () => {
    const { cli } = await startCli();

    expect(await cli('nodes show nobody')).toMatchObject({
      code: 4,
      stderr: expect.stringMatching(/^error: NameUnknown: nobody .*\n.*nodes list\n {2}Request id: /),
    });
    expect(await cli('tokens revoke abcdefghijkl')).toMatchObject({
      code: 4,
      stderr: expect.stringContaining('TokenUnknown'),
    });
  });

  test('of a prefix of several names is a conflict that names them', async () => {
    const { cli, api } = await startCli();
    for (const number of [1, 2, 3, 4, 5, 6, 7]) await activate(api, { name: `web-${number}` });

    expect(await cli('nodes show web')).toMatchObject({
      code: 5,
      stdout: '',
      stderr: expect.stringContaining(
        'More than one name begins with web: web-1, web-2, web-3, web-4, web-5, ...',
      ),
    });
  });

  test('of a state that does not allow it is a conflict', async () => {
    const { cli, api } = await startCli();
    await bootMachine(api, 'web-1');
    const tags = Array.from({ length: 49 }, (_, index) => `K${index}=v`).join(' ');

    expect((await cli(`nodes tag web-1 ${tags}`)).code).toBe(0);
    expect(await cli('nodes tag web-1 X=1 Y=2')).toMatchObject({
      code: 5,
      stderr: expect.stringContaining('TooManyTags'),
    });
  });

  test('of Systems Manager is unavailable, and says when to try again', async () => {
    const environment = await answering(
      503,
      { 'content-type': 'application/problem+json', 'retry-after': '7' },
      '{"code": "SystemsManagerUnavailable", "detail": "It throttles.", "requestId": "r"}',
    );

    expect(await runCli(['nodes', 'tag', 'web-1', 'X=1'], { environment })).toMatchObject({
      code: 6,
      stderr: expect.stringContaining('Try again in 7 s.'),
    });
  });

  test.each([
    ['nodes lst', "unknown command 'lst'\n(Did you mean list?)"],
    ['node list', "unknown command 'node'\n(Did you mean nodes?)"],
    ['nodes list --prefx web', "unknown option '--prefx'\n(Did you mean --prefix?)"],
    ['nodes show', "missing required argument 'node'"],
    ['nodes list --status Asleep', "argument 'Asleep' is invalid"],
    ['nodes list --limit none', '"none" is not a whole number above 0'],
    ['nodes list --limit 0', '"0" is not a whole number above 0'],
    ['nodes list --limit=-1', '"-1" is not a whole number above 0'],
    ['nodes list --interval never', '"never" is not a number of seconds above 0'],
    ['nodes list --timeout 1e300', '"1e300" is not a number of seconds above 0, 86400 at most'],
    ['nodes list -o xmk', '"xmk" is not one of table, json'],
    ['nodes list -o jsn', '(Did you mean json?)'],
    ['nodes show ..', 'give the id of the node'],
    ['nodes list --api ftp://x', 'flag --api: "ftp://x" is not an http or https address'],
    [
      'nodes list --operator-key-file /nonexistent/key',
      'The operator key (flag --operator-key-file) cannot be read',
    ],
    ['nodes tag web-1 =x', '400'],
    ['events list --since yesterday', '"yesterday" is neither a duration'],
    ['tokens create db-* --expires 1h --tag A=1 --tag A=2', 'The tag A is given twice.'],
    ['policy check', 'Name the policy file'],
    ['serve --port http', 'PORT: '],
  ])('of usage: %s', async (words, told) => {
    const { cli } = await startCli();

    const { code, stdout, stderr } = await cli(words);

    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr).toContain(told === '400' ? 'InvalidRequest' : told);
  });
});
