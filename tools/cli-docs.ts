/** `docs/cli.md`, made from the commands themselves. */
import { Writable } from 'node:stream';
import type { Command } from 'commander';
import { DescribedCommand } from '../src/cli/described.ts';
import { EXIT_CODES } from '../src/cli/failure.ts';
import { createProgram } from '../src/cli/program.ts';
import { SETTING_NAMES, SETTINGS } from '../src/cli/settings.ts';

const silent = new Writable({ write: (_chunk, _encoding, done) => done() });

/** The program as it would run; nothing is run. */
export const documentedProgram = (): DescribedCommand =>
  createProgram({
    stdin: process.stdin,
    stdout: silent,
    stderr: silent,
    environment: {},
    now: () => new Date(),
  });

const table = (head: readonly string[], rows: readonly (readonly string[])[]): string =>
  [head, head.map(() => '---'), ...rows]
    .map((cells) => `| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`)
    .join('\n');

const sentence = (text: string): string => `${text.charAt(0).toUpperCase()}${text.slice(1)}.`;

export const leavesOf = (command: DescribedCommand): DescribedCommand[] => {
  const below = command.commands.filter((one) => one instanceof DescribedCommand);
  return below.length === 0 ? [command] : below.flatMap(leavesOf);
};

const pathOf = (command: Command): string =>
  [command.parent?.parent && command.parent.name(), command.name()].filter(Boolean).join(' ');

const section = (command: DescribedCommand): string => {
  const help = command.createHelp();
  const rows = [
    ...help
      .visibleArguments(command)
      .map((one) => [`\`${help.argumentTerm(one)}\``, help.argumentDescription(one)]),
    ...help
      .visibleOptions(command)
      .filter(({ long }) => long !== '--help')
      .map((one) => [`\`${help.optionTerm(one)}\``, help.optionDescription(one)]),
  ];
  const examples = command.examples.map(({ line, purpose }) => `# ${purpose}\n${line}`);
  return [
    `### ${pathOf(command)}`,
    sentence(command.description()),
    `\`\`\`sh\n${examples.join('\n\n')}\n\`\`\``,
    ...(rows.length > 0 ? [table(['argument or option', 'meaning'], rows)] : []),
  ].join('\n\n');
};

export const cliReference = (): string => {
  const program = documentedProgram();
  const settings = SETTING_NAMES.map((name) => {
    const { flag, variable, meaning } = SETTINGS[name];
    return [`\`${flag}\``, `\`${variable}\``, `\`${name}\``, meaning];
  });
  const endings = Object.entries(EXIT_CODES).map(([name, { code, meaning }]) => [
    String(code),
    name,
    meaning,
  ]);
  return `${[
    '# The command line',
    '<!-- Made from src/cli by `npm run generate`. -->',
    `${program.description()} In a checkout: \`npx ssm-activation\` after \`npm run build\`, or \`node src/cli.ts\`.`,
    '## Commands',
    ...leavesOf(program).map(section),
    '## Settings',
    'Flag over environment over `$XDG_CONFIG_HOME/ssm-activation/config.json` (an object of the keys below) over default; `config show` says which it was.',
    table(['flag', 'variable', 'key', 'meaning'], settings),
    'The operator key itself may stand in `OPERATOR_KEY`; by default a local API gets the key that its server keeps in `.data`. A deployed API gets requests signed with the default AWS credentials: profiles, SSO, assumed roles. No secret is ever an argument. Where the API is reached through a proxy, set `NODE_USE_ENV_PROXY=1` beside `HTTPS_PROXY`.',
    '## Output',
    'Data goes to stdout, messages to stderr. Without `-o` it is a `table`. On a terminal the table is cut to its width, columns that have no room are left out and named, and `NO_COLOR` is heeded; in a pipe or a file the same table is whole and plain. For programs: `json` is an array (one object for a single entry), `ndjson` an object a line, `csv` all fields under a header line, `yaml` a sequence. What strangers wrote, such as the name in a refused request, is made harmless: control and format characters are escapes in every format (of JSON and YAML own ones, which parsers read as what they stand for), and a csv cell that a spreadsheet would take for a formula (it begins with `=`, `+`, `-` or `@`, after blanks, quotes or a semicolon too) has an apostrophe before it. A list is written as it comes, page by page. Nodes can also be had as `ansible` (an inventory, with the aws_ssm connection and a group for each tag), `ssh-config` and `hosts`. In these a machine whose name means something else (`localhost`, an address, the id of a node; for Ansible `all` and `tag_...`) is listed by its id, with a warning; so are, in `hosts`, names that differ in capitals alone. The group of `Environment=Prod` is `tag_Environment_Prod`; any character of a tag that is neither a letter nor a digit is its code point there, so that no two tags share a group: `Region=eu-west-1` is `tag_Region_eu__2d_west__2d_1`.',
    '`nodes remove` cannot be undone: on a terminal it asks first, and does nothing unless the answer is y. With `--yes`, or when stdin is no terminal as in a script, it does not ask.',
    '## Exit codes',
    table(['code', 'ending', 'meaning'], endings),
  ].join('\n\n')}\n`;
};
