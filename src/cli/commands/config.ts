import { configFilePath } from '../config-file.ts';
import type { Listing } from '../output/formats.ts';
import type { Session } from '../session.ts';
import { SETTING_NAMES } from '../settings.ts';
import { say } from '../shell.ts';

interface ShownSetting {
  readonly Setting: string;
  readonly Value: string;
  readonly Source: string;
}

const SHOWN: Listing<ShownSetting> = {
  columns: [
    { field: 'Setting', text: ({ Setting }) => Setting, key: true },
    { field: 'Value', text: ({ Value }) => Value, key: true },
    { field: 'Source', text: ({ Source }) => Source },
  ],
};

/** Every setting and where its value stands; of the operator key only that there is one. */
export const showConfigCommand = async (session: Session): Promise<void> => {
  const { settings, shell } = session;
  const shown = SETTING_NAMES.map((name) => {
    const { value = '', source } = settings[name];
    return { Setting: name, Value: value, Source: source };
  });
  const key = shell.environment['OPERATOR_KEY']
    ? [{ Setting: 'operatorKey', Value: '(set)', Source: 'environment OPERATOR_KEY' }]
    : [];
  say(shell, `The configuration file is ${configFilePath(shell.environment)}.`);
  await session.show([[...shown, ...key]], SHOWN);
};
