import type { Command } from 'commander';
import { FORMATS } from './output/formats.ts';

interface Level {
  /** `nodes list`; empty for the program itself. */
  readonly path: string;
  readonly words: readonly string[];
}

/** The completion script of a shell, made from the commands themselves. */
export const completionScript = (program: Command, shell: 'bash' | 'zsh'): string =>
  shell === 'bash' ? bashScript(program) : ZSH_HEAD + bashScript(program) + ZSH_TAIL;

/** zsh runs bash's completion functions when it is asked to (zshcompsys(1)). */
const ZSH_HEAD = `#compdef ssm-activation
(( \${+functions[compdef]} )) || { autoload -U +X compinit && compinit; }
autoload -U +X bashcompinit && bashcompinit
`;

/** A file in fpath is loaded by the first completion, and is to answer it. */
const ZSH_TAIL = `[[ \${funcstack[1]} != _ssm-activation ]] || _bash_complete -o default -F _ssm_activation
`;

/** Where it knows nothing, shells offer files: what most values are. Names of variables are none that zsh knows. */
const bashScript = (program: Command): string => {
  const levels = levelsOf(program, '');
  const paths = levels.filter(({ path }) => path !== '').map(({ path }) => `'${path}'`);
  const candidates = levels.map(({ path, words }) => `    '${path}') candidates='${words.join(' ')}' ;;`);
  return `_ssm_activation() {
  local current="\${COMP_WORDS[COMP_CWORD]}" previous="\${COMP_WORDS[COMP_CWORD-1]}" command='' candidates='' word
  case "$previous" in
    -o | --output) COMPREPLY=($(compgen -W '${FORMATS.join(' ')}' -- "$current")); return ;;
${[...new Set(choicesOf(program))].join('\n')}
    ${valuesOf(program).join(' | ')}) return ;;
  esac
  for word in "\${COMP_WORDS[@]:1:$((COMP_CWORD-1))}"; do
    case "\${command:+$command }$word" in
      ${paths.join(' | ')}) command="\${command:+$command }$word" ;;
    esac
  done
  case "$command" in
${candidates.join('\n')}
  esac
  COMPREPLY=($(compgen -W "$candidates" -- "$current"))
}
complete -o default -F _ssm_activation ssm-activation
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

/** The options that take any other value. */
const valuesOf = (command: Command): string[] => [
  ...new Set([
    ...command.options.flatMap(({ long, required, argChoices }) =>
      long && required && !argChoices ? [long] : [],
    ),
    ...command.commands.flatMap(valuesOf),
  ]),
];
