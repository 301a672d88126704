import { createRequire } from 'node:module';
import { Language, type Node, Parser } from 'web-tree-sitter';

const GRAMMAR = createRequire(import.meta.url).resolve('tree-sitter-powershell/tree-sitter-powershell.wasm');

/** A PowerShell source as a syntax tree. */
export interface PowerShell {
  /** Line and text of everything that is not PowerShell. */
  readonly mistakes: readonly string[];
  readonly functions: ReadonlyMap<string, Node>;
}

export const parsePowerShell = async (source: string): Promise<PowerShell> => {
  await Parser.init();
  const parser = new Parser();
  parser.setLanguage(await Language.load(GRAMMAR));
  const tree = parser.parse(source);
  if (!tree) throw new Error('the parser gave up');
  const nodes = descendants(tree.rootNode);
  const wrong = nodes.filter((node) => node.isError || node.isMissing);
  const mistakes = wrong.map((node) => `${node.startPosition.row + 1}: ${node.text.slice(0, 80)}`);
  // A tree can be marked as wrong with no node to show for it.
  if (tree.rootNode.hasError && mistakes.length === 0) mistakes.push('somewhere');
  const functions = nodes.filter((node) => node.type === 'function_statement');
  return { mistakes, functions: new Map(functions.map((node) => [nameOf(node), node])) };
};

const descendants = (node: Node): readonly Node[] => [
  node,
  ...node.children.flatMap((child) => (child ? descendants(child) : [])),
];

const nameOf = (node: Node): string =>
  descendants(node).find(({ type }) => type === 'function_name')?.text ?? '';

/** The texts of a node's strings in single quotes, in order. */
export const stringsIn = (node: Node): readonly string[] =>
  descendants(node)
    .filter(({ type }) => type === 'verbatim_string_characters')
    .map(({ text }) => text.slice(1, -1));

/** `[ordered]@{ a = $A }` as pairs. */
export const hashEntriesIn = (node: Node): readonly (readonly [string, string])[] =>
  descendants(node)
    .filter(({ type }) => type === 'hash_entry')
    .map(({ text }) => {
      const [key = '', value = ''] = text.split('=').map((part) => part.trim());
      return [key, value.replace(/[';]/g, '')] as const;
    });
