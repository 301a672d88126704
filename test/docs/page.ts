import { parsePolicy } from '../../src/policy/read-policy.ts';

/** A block of code in a page: a fence, or lines indented by four spaces, which are taken for a shell's. */
interface Fence {
  readonly language: string;
  /** The word after the language: the file that the reader saves it as. */
  readonly name: string | undefined;
  readonly text: string;
  /** Of its first line in the page, from 1. */
  readonly line: number;
  /** Whether only blank lines lie between it and the fence before. */
  readonly follows: boolean;
}

export interface Answer {
  readonly language: 'json' | 'text';
  readonly text: string;
}

/** What a reader of a page does, in the page's order. */
export type Step =
  | { readonly does: 'run'; readonly text: string; readonly line: number; readonly answer?: Answer }
  | { readonly does: 'save'; readonly name: string; readonly text: string; readonly line: number }
  | {
      readonly does: 'read';
      readonly language: 'json' | 'yaml' | 'mermaid' | 'powershell' | 'nginx';
      readonly text: string;
      readonly line: number;
    };

/** A page has a fence that nobody would run or check. */
export class UnknownFence extends Error {
  override readonly name = 'UnknownFence';
}

/** @throws UnknownFence */
export const stepsOf = (markdown: string): Step[] => {
  const steps: Step[] = [];
  for (const { language, name, text, line, follows } of fencesOf(markdown)) {
    const last = steps.at(-1);
    const answers = follows && name === undefined && last?.does === 'run' && !last.answer;
    if (answers && (language === 'json' || language === 'text')) {
      steps[steps.length - 1] = { ...last, answer: { language, text } };
      continue;
    }
    switch (language) {
      case 'sh':
        steps.push({ does: 'run', text, line });
        break;
      case 'json':
        // Nothing else is written in JSON but answers, which stand right after their command.
        parsePolicy(text);
        steps.push(
          name === undefined ? { does: 'read', language, text, line } : { does: 'save', name, text, line },
        );
        break;
      case 'yaml':
      case 'mermaid':
      case 'powershell':
      case 'nginx':
        steps.push({ does: 'read', language, text, line });
        break;
      default:
        throw new UnknownFence(
          `line ${line}: nothing is known to do with a fence of ${language || 'no language'}`,
        );
    }
  }
  return steps;
};

const OPENING = /^```([a-z]*) *(\S*)$/;
const INDENTED = /^ {4}/;

const fencesOf = (markdown: string): Fence[] => {
  const lines = markdown.split('\n');
  const fences: Fence[] = [];
  let end = 0;
  for (let at = 0; at < lines.length; at += 1) {
    const [, language, name] = OPENING.exec(lines[at] ?? '') ?? [];
    const isIndented = /^ {4}\S/.test(lines[at] ?? '') && (lines[at - 1] ?? '') === '';
    if (language === undefined && !isIndented) continue;
    const from = language === undefined ? at : at + 1;
    const isOver = (line: string) => (language === undefined ? !/^ {4}|^$/.test(line) : line === '```');
    const length = lines.slice(from).findIndex(isOver);
    if (length < 0) throw new UnknownFence(`line ${from}: the fence has no end`);
    const body = lines.slice(from, from + length);
    fences.push({
      language: language ?? 'sh',
      name: name || undefined,
      text: (language === undefined ? body.map((line) => line.replace(INDENTED, '')) : body)
        .join('\n')
        .trimEnd(),
      line: from + 1,
      follows: fences.length > 0 && lines.slice(end, at).every((line) => line === ''),
    });
    at = from + length - (language === undefined ? 1 : 0);
    end = at + 1;
  }
  return fences;
};
