import { mkdir, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { hasCommand } from '../bootstrap/clean-machine.ts';
import { CLI } from '../cli/command-line.ts';
import { temporaryDirectory } from '../process/server-process.ts';

const REPOSITORY = fileURLToPath(new URL('../..', import.meta.url)).replace(/\/$/, '');

/** Where the reader of a page sits: a checkout of the repository, with a service within reach. */
export interface Place {
  readonly home: string;
  readonly url: string;
  /** The embedded Systems Manager. */
  readonly awsUrl: string;
  /** What stands in for AWS's other services. */
  readonly otherAwsUrl: string;
  /** What stands in for the services of AWS that the CDK deploys to; empty where a page deploys nothing. */
  readonly deployingUrl: string;
  /** What stands in for a cloud's metadata service. */
  readonly metadataUrl: string;
  readonly env: NodeJS.ProcessEnv;
}

/** What a checkout has that pages make use of. */
const CHECKOUT = ['bootstrap-scripts', 'cdk.json', 'infra', 'node_modules', 'package.json', 'src', 'test'];

/** A checkout in which the reader may write, and in which the command line is installed. */
export const makeHome = async (): Promise<string> => {
  const home = await temporaryDirectory();
  await Promise.all(CHECKOUT.map((name) => symlink(join(REPOSITORY, name), join(home, name))));
  await mkdir(join(home, 'bin'));
  await install(home, 'ssm-activation', `exec '${process.execPath}' '${CLI}' "$@"`);
  // A test that drives the aws CLI does so where that is installed.
  if (!hasCommand('aws')) await install(home, 'aws', 'true');
  return home;
};

export const install = (home: string, name: string, script: string): Promise<void> =>
  writeFile(join(home, 'bin', name), `#!/bin/sh\n${script}\n`, { mode: 0o755 });

/** Why pages cannot be told here, or undefined when they can. */
export const whyNoReader = (): string | undefined => {
  const missing = ['bash', 'curl', 'jq', 'sed'].filter((tool) => !hasCommand(tool));
  return missing.length > 0 ? `missing: ${missing.join(', ')}` : undefined;
};

/** The programs that a reader has: Node as `engines` asks for, the project's own, the command line. */
export const environmentOf = (home: string): NodeJS.ProcessEnv => ({
  PATH: `${join(home, 'bin')}:${join(REPOSITORY, 'node_modules/.bin')}:${process.env['PATH']}`,
  HOME: home,
  AWS_ACCESS_KEY_ID: 'local',
  AWS_SECRET_ACCESS_KEY: 'local',
  AWS_EC2_METADATA_DISABLED: 'true',
});
