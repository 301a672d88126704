import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { temporaryDirectory } from '../process/server-process.ts';
import { runCli } from './command-line.ts';

/** What `config show` says, by setting: its value and its source. */
const shown = async (
  flags: string,
  environment: NodeJS.ProcessEnv = {},
  file?: object,
): Promise<Record<string, [value: string, source: string]>> => {
  const home = await temporaryDirectory();
  if (file) {
    await mkdir(join(home, 'ssm-activation'));
    await writeFile(join(home, 'ssm-activation', 'config.json'), JSON.stringify(file));
  }
  const words = ['config', 'show', ...flags.split(' ').filter(Boolean)];
  const { stdout, stderr, code } = await runCli(words, {
    environment: { ...environment, XDG_CONFIG_HOME: home, SSM_ACTIVATION_OUTPUT: 'json' },
  });
  expect({ code, stderr }).toMatchObject({ code: 0 });
  const settings: { Setting: string; Value: string; Source: string }[] = JSON.parse(stdout);
  const where = (source: string) => source.replace(home, '~');
  return Object.fromEntries(settings.map(({ Setting, Value, Source }) => [Setting, [Value, where(Source)]]));
};
const FILE = 'file ~/ssm-activation/config.json';
const GATEWAY = 'https://abc.execute-api.eu-west-1.amazonaws.com/latest';

describe('a setting', () => {
  test('is taken from a flag, then the environment, then the file, then the default', async () => {
    const file = { profile: 'of-file' };
    const environment = { AWS_PROFILE: 'of-environment' };

    expect((await shown('--profile of-flag', environment, file))['profile']).toEqual([
      'of-flag',
      'flag --profile',
    ]);
    expect((await shown('', environment, file))['profile']).toEqual([
      'of-environment',
      'environment AWS_PROFILE',
    ]);
    expect((await shown('', { AWS_PROFILE: '' }, file))['profile']).toEqual(['of-file', FILE]);
    expect((await shown(''))['profile']).toEqual(['', 'default']);
  });

  test('of nobody is for a local server with the key that it keeps', async () => {
    expect(await shown('', { DATA_DIR: 'state' })).toMatchObject({
      api: ['http://127.0.0.1:8080', 'default'],
      auth: ['operator-key', 'default'],
      operatorKeyFile: ['state/operator-key', 'default'],
      timeout: ['30', 'default'],
    });
  });

  test('of a deployed API is to sign for the region in its address', async () => {
    expect(await shown(`--api ${GATEWAY}`, { AWS_REGION: 'us-west-2' })).toMatchObject({
      auth: ['iam', 'default'],
      region: ['eu-west-1', 'the address of the API'],
    });
    expect(await shown('--api https://activation.example', { AWS_REGION: 'us-west-2' })).toMatchObject({
      auth: ['iam', 'default'],
      operatorKeyFile: ['', 'default'],
      region: ['us-west-2', 'environment AWS_REGION'],
    });
  });

  test('of an operator key is to send it, over https too, and not to show it', async () => {
    const settings = await shown('--api https://activation.example', { OPERATOR_KEY: 'the-secret-key' });

    expect(settings).toMatchObject({
      auth: ['operator-key', 'default'],
      operatorKey: ['(set)', 'environment OPERATOR_KEY'],
    });
    expect(JSON.stringify(settings)).not.toContain('the-secret-key');
  });

  test('in the file that is none is refused by name', async () => {
    const home = await temporaryDirectory();
    await mkdir(join(home, 'ssm-activation'));
    await writeFile(join(home, 'ssm-activation', 'config.json'), '{"apy": "x", "region": {}}');

    const given = await runCli(['config', 'show'], { environment: { XDG_CONFIG_HOME: home } });

    expect(given).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('apy is not a setting, region is not a text'),
    });
  });

  test('of a file that is no JSON is refused without quoting it', async () => {
    const home = await temporaryDirectory();
    await mkdir(join(home, 'ssm-activation'));
    await writeFile(join(home, 'ssm-activation', 'config.json'), 'a-key-that-was-put-here');

    const { code, stderr } = await runCli(['config', 'show'], { environment: { XDG_CONFIG_HOME: home } });

    expect(code).toBe(2);
    expect(stderr).not.toContain('a-key');
  });
});
