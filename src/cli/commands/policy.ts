import { parsePolicy, UnusablePolicy } from '../../policy/read-policy.ts';
import { Failure } from '../failure.ts';
import { PROOFS, proofsOf } from '../output/policy.ts';
import { readInput } from '../read-input.ts';
import type { Session } from '../session.ts';
import { say } from '../shell.ts';

/** Shows whom a policy lets in. @throws Failure that names every mistake in it */
export const checkPolicyCommand = async (session: Session, given: string | undefined): Promise<void> => {
  const { shell } = session;
  const file = given ?? shell.environment['POLICY_FILE'];
  if (!file) throw new Failure('usage', 'Name the policy file, or - for stdin, or set POLICY_FILE.');
  const policy = usable(file, await readInput(shell, file, `The policy ${file}`));
  const proofs = proofsOf(policy);
  say(shell, proofs.length === 0 ? 'The policy is valid, and lets nobody in.' : 'The policy is valid.');
  await session.show([proofs], PROOFS);
};

const usable = (file: string, text: string) => {
  try {
    return parsePolicy(text);
  } catch (error) {
    if (!(error instanceof UnusablePolicy)) throw error;
    throw new Failure('usage', `The policy ${file} cannot be used:`, error.message.split('\n'), {
      cause: error,
    });
  }
};
