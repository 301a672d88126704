import { describe, expect, test } from 'vitest';
import { readConfig, readFunctionConfig } from '../src/config.ts';

const DEFAULTS = {
  BACKEND: 'local',
  HOST: '127.0.0.1',
  PORT: 8080,
  LOCAL_AWS_PORT: 8081,
  DATA_DIR: '.data',
  TABLE_NAME: 'ssm-activation',
  NODE_ROLE: 'ssm-activation-node',
  AWS_REGION: 'us-east-1',
  ALLOWED_HOSTS: [],
};

const GIVEN: Readonly<Record<string, readonly [text: string, read: unknown]>> = {
  BACKEND: ['local', 'local'],
  HOST: ['::1', '::1'],
  PORT: ['0', 0],
  LOCAL_AWS_PORT: ['65535', 65_535],
  DATA_DIR: ['/var/lib/x', '/var/lib/x'],
  OPERATOR_KEY: ['a-key-of-20-visibles', 'a-key-of-20-visibles'],
  POLICY_FILE: ['policy.json', 'policy.json'],
  TABLE_NAME: ['my.table', 'my.table'],
  NODE_ROLE: [
    'service-role/AmazonEC2RunCommandRoleForManagedInstances',
    'service-role/AmazonEC2RunCommandRoleForManagedInstances',
  ],
  AWS_REGION: ['ap-southeast-2', 'ap-southeast-2'],
  SSM_MAX_TPS: ['2.5', 2.5],
  ALLOWED_HOSTS: ['api.example, [::1],10.0.0.1', ['api.example', '[::1]', '10.0.0.1']],
  TRUSTED_PROXIES: ['10.0.0.1, fd00::/8', ['10.0.0.1/32', 'fd00::/8']],
  LOCAL_SSM_TPS: ['1', 1],
  LOCAL_SSM_LATENCY_MS: ['0', 0],
  LOCAL_SSM_LAG_MS: ['0-10000', { from: 0, to: 10_000 }],
  LOCAL_SSM_FAULT_RATE: ['0.25', 0.25],
};

const problemsOf = (environment: NodeJS.ProcessEnv): string[] => {
  try {
    readConfig(environment);
    return [];
  } catch (error) {
    const [head, ...problems] = String(error).split('\n');
    expect(head).toBe('Error: The environment is not valid:');
    return problems.map((problem) => problem.trim().split(':')[0] ?? '');
  }
};

describe('the configuration', () => {
  test('of an empty environment is the documented defaults', () => {
    expect(readConfig({})).toEqual(DEFAULTS);
  });

  test('takes every documented variable', () => {
    const environment = Object.fromEntries(Object.entries(GIVEN).map(([name, [text]]) => [name, text]));
    const expected = Object.fromEntries(Object.entries(GIVEN).map(([name, [, read]]) => [name, read]));

    expect(readConfig(environment)).toEqual(expected);
  });

  test.each(Object.keys(GIVEN))('takes an empty %s for none', (name) => {
    expect(readConfig({ [name]: '' })).toEqual(DEFAULTS);
  });

  test('does not mind variables that are not its own', () => {
    expect(readConfig({ PATH: '/bin', SSM_SOMETHING: 'x' })).toEqual(DEFAULTS);
  });

  test('of no proxies is not that of proxies of which nothing was said', () => {
    expect(readConfig({ TRUSTED_PROXIES: 'none' }).TRUSTED_PROXIES).toEqual([]);
    expect(readConfig({}).TRUSTED_PROXIES).toBeUndefined();
  });

  test('paces calls to Systems Manager on AWS, unless told how', () => {
    expect(readConfig({ BACKEND: 'aws' }).SSM_MAX_TPS).toBe(5);
    expect(readConfig({ BACKEND: 'aws', SSM_MAX_TPS: '' }).SSM_MAX_TPS).toBe(5);
    expect(readConfig({ BACKEND: 'aws', SSM_MAX_TPS: '1' }).SSM_MAX_TPS).toBe(1);
    expect(readConfig({}).SSM_MAX_TPS).toBeUndefined();
  });

  test('of a function is that of a server on AWS, in what they share', () => {
    const environment = { TABLE_NAME: 'fleet', AWS_REGION: 'eu-west-1' };

    expect(readConfig({ ...environment, BACKEND: 'aws' })).toMatchObject(readFunctionConfig(environment));
    expect(readFunctionConfig(environment).SSM_MAX_TPS).toBe(5);
    expect(readFunctionConfig({ ...environment, SSM_MAX_TPS: '1' }).SSM_MAX_TPS).toBe(1);
  });

  test.each([
    ['BACKEND', 'azure'],
    ['PORT', '65536'],
    ['PORT', '-1'],
    ['PORT', '80.5'],
    ['PORT', 'http'],
    ['LOCAL_AWS_PORT', 'x'],
    ['OPERATOR_KEY', 'nineteen-characters'],
    ['OPERATOR_KEY', 'a key that has spaces in it'],
    ['PUBLIC_URL', 'https://user@api.example'],
    ['PUBLIC_URL', 'https://api.example/?stage=latest'],
    ['TABLE_NAME', 'ab'],
    ['NODE_ROLE', 'arn:aws:iam::000000000000:role/ssm-node'],
    ['NODE_ROLE', 'r'.repeat(65)],
    ['SSM_MAX_TPS', '0'],
    ['ALLOWED_HOSTS', 'https://api.example'],
    ['ALLOWED_HOSTS', 'api.example:8080'],
    ['ALLOWED_HOSTS', 'api.example,,'],
    ['ALLOWED_HOSTS', '*'],
    ['TRUSTED_PROXIES', '10.0.0.300'],
    ['TRUSTED_PROXIES', '10.0.0.0/33'],
    ['TRUSTED_PROXIES', 'proxy.example'],
    ['TRUSTED_PROXIES', '10.0.0.1,none'],
    ['TRUSTED_PROXIES', 'true'],
    ['LOCAL_SSM_TPS', '-1'],
    ['LOCAL_SSM_LATENCY_MS', '-1'],
    ['LOCAL_SSM_LAG_MS', '-1'],
    ['LOCAL_SSM_LAG_MS', '10s'],
    ['LOCAL_SSM_LAG_MS', '10-5'],
    ['LOCAL_SSM_FAULT_RATE', '1.1'],
  ])('refuses a %s of %s by name', (name, value) => {
    expect(problemsOf({ [name]: value })).toEqual([name]);
  });

  test('names every variable that is wrong', () => {
    const wrong = { BACKEND: 'x', PORT: 'x', NODE_ROLE: 'a:b', SSM_MAX_TPS: 'x', HOST: 'fine' };

    expect(problemsOf(wrong)).toEqual(['NODE_ROLE', 'SSM_MAX_TPS', 'BACKEND', 'PORT']);
  });

  test('does not show what it refuses for an operator key', () => {
    expect(() => readConfig({ OPERATOR_KEY: 'short-secret' })).toThrow(
      expect.objectContaining({ message: expect.not.stringContaining('short-secret') }),
    );
  });
});
