import { join } from 'node:path';
import { isLoopback, webAddress } from '../web-address.ts';
import { Failure } from './failure.ts';
import { FORMATS } from './output/formats.ts';
import { suggestion } from './suggestion.ts';
import { millisecondsOf, NO_SECONDS } from './when.ts';

/** Each setting: its flag, its variable, its key in the configuration file is its name. */
export const SETTINGS = {
  api: {
    flag: '--api <url>',
    variable: 'SSM_ACTIVATION_API',
    meaning: 'the API: https://HOST/latest, or a local server',
  },
  allowHttp: {
    flag: '--allow-http',
    variable: 'SSM_ACTIVATION_ALLOW_HTTP',
    meaning:
      'speak plain HTTP to an API that is not on this machine: anyone on the way can read the operator key',
  },
  auth: {
    flag: '--auth <how>',
    variable: 'SSM_ACTIVATION_AUTH',
    meaning: 'iam or operator-key; by default iam for https, unless an operator key is given',
  },
  operatorKeyFile: {
    flag: '--operator-key-file <file>',
    variable: 'OPERATOR_KEY_FILE',
    meaning: "a file with a local server's operator key, - for stdin (OPERATOR_KEY is the key itself)",
  },
  profile: { flag: '--profile <name>', variable: 'AWS_PROFILE', meaning: 'the AWS profile to sign with' },
  region: {
    flag: '--region <region>',
    variable: 'SSM_ACTIVATION_REGION',
    meaning: "the API's region; by default the one in its address, then AWS_REGION",
  },
  timeout: {
    flag: '--timeout <seconds>',
    variable: 'SSM_ACTIVATION_TIMEOUT',
    meaning: 'how long one request may take',
  },
  output: {
    flag: '-o, --output <format>',
    variable: 'SSM_ACTIVATION_OUTPUT',
    meaning: `${FORMATS.join(', ')}`,
  },
} as const;
export type SettingName = keyof typeof SETTINGS;
export const SETTING_NAMES = Object.keys(SETTINGS).filter((name): name is SettingName => name in SETTINGS);

export interface Setting {
  readonly value: string | undefined;
  /** Where the value stands, in words. */
  readonly source: string;
}
export type Settings = Readonly<Record<SettingName, Setting>>;
export type Given = Readonly<Partial<Record<SettingName, string | undefined>>>;

export interface SettingSources {
  readonly flags: Given;
  readonly environment: NodeJS.ProcessEnv;
  readonly file: { readonly path: string; readonly values: Given };
}

/** As the bootstrap scripts have it, which share the variable. */
const YES = ['yes', 'true', '1'];
const NO = ['no', 'false', '0'];
export const isYes = ({ value }: Setting): boolean => YES.includes(value ?? '');

/** Flag over environment over configuration file over default. @throws Failure */
export const resolveSettings = ({ flags, environment, file }: SettingSources): Settings => {
  const given = (name: SettingName): Setting | undefined => {
    const { flag, variable } = SETTINGS[name];
    const long = flag.replace(/^-\w, | <.*$/g, '');
    // An empty variable means the same as none.
    for (const [value, source] of [
      [flags[name], `flag ${long}`],
      [environment[variable] || undefined, `environment ${variable}`],
      [file.values[name], `file ${file.path}`],
    ] as const) {
      if (value !== undefined) return { value: checked(name, value, source), source };
    }
    return undefined;
  };
  const api = given('api') ?? { value: 'http://127.0.0.1:8080', source: 'default' };
  const operatorKeyFile = given('operatorKeyFile') ?? defaultKeyFile(api.value ?? '', environment);
  return {
    api,
    allowHttp: given('allowHttp') ?? { value: 'no', source: 'default' },
    auth: given('auth') ?? defaultAuth(api.value ?? '', operatorKeyFile, environment),
    operatorKeyFile,
    profile: given('profile') ?? { value: undefined, source: 'default' },
    region: given('region') ?? defaultRegion(api.value ?? '', environment),
    timeout: given('timeout') ?? { value: '30', source: 'default' },
    output: given('output') ?? { value: 'table', source: 'default' },
  };
};

const defaultKeyFile = (api: string, environment: NodeJS.ProcessEnv): Setting =>
  isLoopback(new URL(api))
    ? { value: join(environment['DATA_DIR'] || '.data', 'operator-key'), source: 'default' }
    : { value: undefined, source: 'default' };

const defaultAuth = (api: string, keyFile: Setting, environment: NodeJS.ProcessEnv): Setting => {
  const isIam =
    new URL(api).protocol === 'https:' && keyFile.source === 'default' && !environment['OPERATOR_KEY'];
  return { value: isIam ? 'iam' : 'operator-key', source: 'default' };
};

/** `id.execute-api.REGION.amazonaws.com`, its private and its partitions' forms. */
const defaultRegion = (api: string, environment: NodeJS.ProcessEnv): Setting => {
  const [, region] = /\.execute-api\.([a-z0-9-]+)\./.exec(new URL(api).hostname) ?? [];
  if (region) return { value: region, source: 'the address of the API' };
  const variable = ['AWS_REGION', 'AWS_DEFAULT_REGION'].find((name) => environment[name]);
  return variable
    ? { value: environment[variable], source: `environment ${variable}` }
    : { value: 'us-east-1', source: 'default' };
};

/** A user or a password in it would be sent nowhere, and told in errors; a query would be lost. */
const isAddress = (value: string): boolean => webAddress(value)?.search === '';

const checked = (name: SettingName, value: string, source: string): string => {
  const problem = problemOf(name, value);
  // What stands before an @ may be a password.
  const shown = JSON.stringify(value.replace(/.*@/s, '...@'));
  if (problem) throw new Failure('usage', `${source}: ${shown} ${problem}`);
  return value;
};

const problemOf = (name: SettingName, value: string): string | undefined => {
  switch (name) {
    case 'api':
      return isAddress(value)
        ? undefined
        : 'is not an http or https address, or holds more than host and path';
    case 'allowHttp':
      return [...YES, ...NO].includes(value) ? undefined : `is not one of ${[...YES, ...NO].join(', ')}`;
    case 'auth':
      return ['iam', 'operator-key'].includes(value) ? undefined : 'is neither iam nor operator-key';
    case 'timeout':
      return millisecondsOf(value) === undefined ? NO_SECONDS : undefined;
    case 'output':
      return FORMATS.some((format) => format === value)
        ? undefined
        : `is not one of ${FORMATS.join(', ')}${suggestion(value, FORMATS)}`;
    case 'operatorKeyFile':
    case 'profile':
    case 'region':
      return value === '' ? 'is empty' : undefined;
  }
};
