import { DescribedCommand } from './described.ts';
import { checkNouns } from './nouns/checks.ts';
import { eventsNoun } from './nouns/events.ts';
import { nodesNoun } from './nouns/nodes.ts';
import { selfVerbs } from './nouns/self.ts';
import { serviceVerbs } from './nouns/service.ts';
import { tokensNoun } from './nouns/tokens.ts';
import { printableLines } from './output/printable.ts';
import type { Session } from './session.ts';
import { SETTING_NAMES, SETTINGS } from './settings.ts';
import type { Shell } from './shell.ts';
import { VERSION } from './version.ts';

/** Runs the work of a command once the settings are read. What a command needs is loaded when it runs. */
export type InSession = (work: (session: Session) => Promise<void>) => Promise<void>;

/** The whole command line; it throws CommanderError where it would end the process. */
export const createProgram = (shell: Shell): DescribedCommand => {
  const program = new DescribedCommand('ssm-activation')
    .description('Which managed node is which machine, who let it in, and why that one was refused.')
    .version(VERSION, '-V, --version')
    .exitOverride()
    .configureOutput({
      writeOut: (text) => shell.stdout.write(text),
      writeErr: (text) => shell.stderr.write(printableLines(text)),
    })
    .configureHelp({ showGlobalOptions: true })
    .example('ssm-activation nodes list', 'Which node is which machine')
    .example('ssm-activation events list --name web-1', 'Why was this machine refused');
  for (const name of SETTING_NAMES) program.option(SETTINGS[name].flag, SETTINGS[name].meaning);

  const inSession: InSession = async (work) => {
    const { openSession } = await import('./session.ts');
    const { allowHttp, ...flags } = program.opts();
    await work(await openSession(shell, { ...flags, ...(allowHttp && { allowHttp: 'yes' }) }));
  };
  nodesNoun(program, inSession);
  tokensNoun(program, inSession);
  eventsNoun(program, inSession);
  checkNouns(program, inSession);
  serviceVerbs(program, shell, inSession);
  selfVerbs(program, shell, inSession);
  return program;
};
