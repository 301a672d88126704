import { readFileSync } from 'node:fs';
import { parsePolicy } from '../src/policy/read-policy.ts';
import { type Configuration, UnusableContext } from './configuration.ts';

/**
 * The policy file as it is deployed: validated, and with the activations' life that the context sets.
 * @throws UnusableContext that names every problem of the file
 */
export const shippedPolicy = ({
  policyFile,
  activationLifetimeMinutes,
}: Pick<Configuration, 'policyFile'> & Partial<Pick<Configuration, 'activationLifetimeMinutes'>>): string => {
  try {
    const policy = parsePolicy(readFileSync(policyFile, 'utf8'));
    return JSON.stringify({ ...policy, ...(activationLifetimeMinutes && { activationLifetimeMinutes }) });
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new UnusableContext([`policyFile: ${policyFile} cannot be deployed:\n${reason}`]);
  }
};
