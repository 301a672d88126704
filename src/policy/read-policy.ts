import { readFileSync } from 'node:fs';
import { Policy } from './policy.ts';

/** A policy that cannot be used; the message names every problem and where it stands. */
export class UnusablePolicy extends Error {
  override readonly name = 'UnusablePolicy';
}

/** The policy in a file, or `otherwise` when no file is named: by default nothing is let in. @throws UnusablePolicy */
export const readPolicy = async (file: string | undefined, otherwise?: Policy): Promise<Policy> => {
  if (file === undefined) return otherwise ?? Policy.parse({});
  try {
    // At once: a function that starts has nothing else to do, and Node's promises of files take milliseconds to load.
    return parsePolicy(readFileSync(file, 'utf8'));
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new UnusablePolicy(`The policy ${file} cannot be used:\n${reason}`, { cause: error });
  }
};

/** @throws UnusablePolicy */
export const parsePolicy = (text: string): Policy => {
  const parsed = Policy.safeParse(readJson(text));
  if (parsed.success) return parsed.data;
  const problems = parsed.error.issues.map(
    ({ path, message }) => `  ${path.join('.') || 'policy'}: ${message}`,
  );
  throw new UnusablePolicy(problems.join('\n'));
};

/** V8 quotes the text it stumbled over, and a wrong file may be named by mistake: one that holds a key, say. */
const readJson = (text: string): unknown => {
  try {
    return JSON.parse(text);
  } catch (error) {
    const reason = error instanceof Error ? error.message.replace(/, (\.\.\.)?"[\s\S]*$/, '') : '';
    throw new UnusablePolicy(`  It is not valid JSON: ${reason}`);
  }
};
