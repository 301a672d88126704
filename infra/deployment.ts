import {
  type Configuration,
  type Context,
  type MemberConfiguration,
  readConfiguration,
  UnusableContext,
} from './configuration.ts';
import { shippedPolicy } from './shipped-policy.ts';

/** What is to be deployed, with the policy that is shipped, or in a member account. */
export type Deployment =
  | { readonly service: Configuration; readonly policy: string }
  | { readonly member: MemberConfiguration };

/**
 * The context and the policy file that it names, judged together.
 * @throws UnusableContext that names every problem of both
 */
export const readDeployment = (context: Context): Deployment => {
  const problems: string[] = [];
  const attempt = <T>(read: () => T): T | undefined => {
    try {
      return read();
    } catch (error) {
      if (!(error instanceof UnusableContext)) throw error;
      problems.push(...error.problems);
      return undefined;
    }
  };
  const configuration = attempt(() => readConfiguration(context));
  if (configuration && 'member' in configuration) return configuration;
  const service = configuration?.service;
  const { policyFile } = context;
  const policy =
    typeof policyFile === 'string' ? attempt(() => shippedPolicy({ ...service, policyFile })) : undefined;
  if (service === undefined || policy === undefined) throw new UnusableContext(problems);
  return { service, policy };
};
