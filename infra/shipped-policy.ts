import { readFileSync } from 'node:fs';
import { parsePolicy } from '../src/policy/read-policy.ts';
import type { Configuration } from './configuration.ts';

/**
 * The policy file as it is deployed: validated, and with the activations' life that the context sets.
 * @throws Error that names every problem
 */
export const shippedPolicy = ({
  policyFile,
  activationLifetimeMinutes,
}: Pick<Configuration, 'policyFile' | 'activationLifetimeMinutes'>): string => {
  try {
    const policy = parsePolicy(readFileSync(policyFile, 'utf8'));
    return JSON.stringify({ ...policy, ...(activationLifetimeMinutes && { activationLifetimeMinutes }) });
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new Error(`policyFile: ${policyFile} cannot be deployed:\n${reason}`, { cause: error });
  }
};
