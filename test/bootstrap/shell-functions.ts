import { readFileSync } from 'node:fs';

export type ShellScript = 'bootstrap.sh' | 'deregister.sh';

/** A function of a shell script, to the letter. */
export const shellFunction = (script: ShellScript, name: string): string => {
  const source = readFileSync(new URL(`../../bootstrap-scripts/linux/${script}`, import.meta.url), 'utf8');
  const [text] = new RegExp(`^${name}\\(\\) [({]\\n.*?^[)}]$`, 'ms').exec(source) ?? [];
  if (text === undefined) throw new Error(`${script} has no function ${name}`);
  return text;
};
