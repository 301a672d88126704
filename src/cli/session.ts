import { withIam, withOperatorKey } from '../client/authorize.ts';
import { type Authorize, type Connection, connect } from '../client/connect.ts';
import { isPrivateOnTheWay } from '../web-address.ts';
import { configFilePath, readConfigFile } from './config-file.ts';
import { Failure } from './failure.ts';
import { FORMATS, type Listing } from './output/formats.ts';
import { type Batches, render, renderOne, type View } from './output/render.ts';
import { readInput } from './read-input.ts';
import { type Given, isYes, resolveSettings, type Settings } from './settings.ts';
import { isColorful, type Shell, say, widthOf, writeAll } from './shell.ts';
import { millisecondsOf } from './when.ts';

/** A command under way: what it was told, and how it shows its answer. */
export interface Session {
  readonly shell: Shell;
  readonly settings: Settings;
  readonly view: View;
  /** A connection to the API. @throws Failure when there is no operator key to use */
  connect(): Promise<Connection>;
  /** Writes entries to stdout. */
  show<T>(batches: Batches<T>, listing: Listing<T>): Promise<void>;
  showOne<T>(entry: T, listing: Listing<T>): Promise<void>;
}

/** @throws Failure when a setting is not valid */
export const openSession = async (shell: Shell, flags: Given): Promise<Session> => {
  const path = configFilePath(shell.environment);
  const file = { path, values: await readConfigFile(path) };
  const settings = resolveSettings({ flags, environment: shell.environment, file });
  const view: View = {
    format: FORMATS.find((format) => format === settings.output.value) ?? 'table',
    width: widthOf(shell.stdout),
    colorful: isColorful(shell),
    note: (message) => say(shell, message),
  };
  return {
    shell,
    settings,
    view,
    connect: async () => {
      const url = settings.api.value ?? '';
      refusePlainHttp(url, settings);
      return connect({
        url,
        authorize: await authorization(shell, settings),
        timeoutMs: millisecondsOf(settings.timeout.value ?? '') ?? 0,
      });
    },
    show: (batches, listing) => writeAll(shell.stdout, render(batches, listing, view)),
    showOne: (entry, listing) => writeAll(shell.stdout, renderOne(entry, listing, view)),
  };
};

/** Before a key is read or a request is signed: either would be anybody's on the way. @throws Failure */
const refusePlainHttp = (url: string, { api, allowHttp }: Settings): void => {
  if (isYes(allowHttp) || isPrivateOnTheWay(new URL(url))) return;
  const told = `The API (${api.source}) is ${url}, plain HTTP to another machine: what proves the operator could be read on the way.`;
  throw new Failure('usage', told, ['Use https. If the way is safe all the same, say so with --allow-http']);
};

const authorization = async (shell: Shell, settings: Settings): Promise<Authorize> => {
  if (settings.auth.value === 'iam') {
    return withIam(settings.region.value ?? '', settings.profile.value);
  }
  const { value: file, source } = settings.operatorKeyFile;
  const advice = [
    'Give it by OPERATOR_KEY, by --operator-key-file FILE, or on stdin with --operator-key-file -',
  ];
  const checked = (key: string, where: string): Authorize => {
    // A header cannot hold anything else, and what refuses it then quotes the key.
    if (/^[!-~]+$/.test(key)) return withOperatorKey(key);
    const fault = key === '' ? 'is empty' : 'has blanks or characters other than ASCII';
    throw new Failure('usage', `The operator key (${where}) ${fault}.`, advice);
  };
  const key = shell.environment['OPERATOR_KEY'];
  if (key && !source.startsWith('flag')) return checked(key, 'environment OPERATOR_KEY');
  if (file === undefined) throw new Failure('usage', 'There is no operator key for this API.', advice);
  const where = source === 'default' ? `default ${file}` : source;
  return checked(await readInput(shell, file, `The operator key (${where})`, advice), where);
};
