import type { Command } from 'commander';
import { FORMATS } from './output/formats.ts';

interface Level {
  /** `nodes list`; empty for the program itself. */
  readonly path: string;
  readonly words: readonly string[];
}

/** The completion script of a shell, made from the commands themselves. */
export const completionScript = (program: Command, shell: 'bash' | 'zsh'): string =>
  shell === 'bash' ? bashScript(program) : ZSH_HEAD + bashScript(program);

/** zsh runs bash's completion functions when it is asked to (zshcompsys(1)). */
const ZSH_HEAD =
  '#compdef ssm-activation\nautoload -U +X compinit && compinit -u\nautoload -U +X bashcompinit && bashcompinit\n';

const bashScript = (program: Command): string => {
  const levels = levelsOf(program, '');
  const paths = levels.filter(({ path }) => path !== '').map(({ path }) => `'${path}'`);
  const words = levels.map(({ path, words }) => `    '${path}') words='${words.join(' ')}' ;;`);
  return `_ssm_activation() {
  local current="\${COMP_WORDS[COMP_CWORD]}" previous="\${COMP_WORDS[COMP_CWORD-1]}" path='' words='' word
  case "$previous" in
    -o | --output) COMPREPLY=($(compgen -W '${FORMATS.join(' ')}' -- "$current")); return ;;
${choicesOf(program).join('\n')}
    --*-file | --data-dir | --instance-identity | --bearer) COMPREPLY=($(compgen -f -- "$current")); return ;;
  esac
  for word in "\${COMP_WORDS[@]:1:COMP_CWORD-1}"; do
    case "\${path:+$path }$word" in
      ${paths.join(' | ')}) path="\${path:+$path }$word" ;;
    esac
  done
  case "$path" in
${words.join('\n')}
  esac
  COMPREPLY=($(compgen -W "$words" -- "$current"))
}
complete -F _ssm_activation ssm-activation
`;
};

/** What may follow each command: commands below it, options, and the few values that an argument may have. */
const levelsOf = (command: Command, path: string): Level[] => {
  const help = command.configureHelp({ showGlobalOptions: true }).createHelp();
  const options = [...help.visibleOptions(command), ...help.visibleGlobalOptions(command)];
  const values = command.registeredArguments.flatMap(({ argChoices = [] }) => argChoices);
  const words = [
    ...command.commands.map((one) => one.name()),
    ...values,
    ...options.flatMap(({ long }) => (long ? [long] : [])),
  ];
  const below = command.commands.flatMap((one) => levelsOf(one, `${path} ${one.name()}`.trim()));
  return [{ path, words }, ...below];
};

/** The options that take one of a few values. */
const choicesOf = (command: Command): string[] => [
  ...command.options.flatMap(({ long, argChoices }) =>
    argChoices
      ? [`    ${long}) COMPREPLY=($(compgen -W '${argChoices.join(' ')}' -- "$current")); return ;;`]
      : [],
  ),
  ...command.commands.flatMap(choicesOf),
];
