import { type Config, readConfig } from '../config.ts';
import { reasonOf } from '../described-error.ts';
import { Failure } from './failure.ts';
import type { Shell } from './shell.ts';

/** The server's own settings that have a flag; all others are variables of the environment only. */
export interface ServerOptions {
  readonly backend?: string;
  readonly host?: string;
  readonly port?: string;
  readonly localAwsPort?: string;
  readonly dataDir?: string;
  readonly policyFile?: string;
}

/** The server's configuration, flags over environment. @throws Failure that names everything that is wrong */
export const serverConfig = ({ environment }: Shell, options: ServerOptions): Config => {
  const flags = {
    BACKEND: options.backend,
    HOST: options.host,
    PORT: options.port,
    LOCAL_AWS_PORT: options.localAwsPort,
    DATA_DIR: options.dataDir,
    POLICY_FILE: options.policyFile,
  };
  const given = Object.entries(flags).filter(([, value]) => value !== undefined);
  try {
    return readConfig({ ...environment, ...Object.fromEntries(given) });
  } catch (error) {
    throw new Failure('usage', reasonOf(error), [], { cause: error });
  }
};
