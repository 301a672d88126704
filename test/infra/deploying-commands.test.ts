import { execFile } from 'node:child_process';
import { copyFileSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { describe, expect, it } from 'vitest';
import { deployingTo, startDeployingAws } from './stand-in/deploying-aws.ts';
import { temporaryDirectory } from './synthesis.ts';

const run = promisify(execFile);

/** A checkout with an account to deploy to, as `npx cdk` finds them; `context` is what cdk.context.json holds. */
const startCheckout = async (context?: string) => {
  const directory = temporaryDirectory();
  for (const name of ['cdk.json', 'infra']) symlinkSync(resolve(name), join(directory, name));
  copyFileSync('infra/policy.example.json', join(directory, 'policy.json'));
  if (context !== undefined) writeFileSync(join(directory, 'cdk.context.json'), context);
  const aws = await startDeployingAws();
  const env = {
    PATH: `${resolve('node_modules/.bin')}:${process.env['PATH']}`,
    ...deployingTo(aws, directory),
  };
  return {
    cdk: (...args: readonly string[]) =>
      run(process.execPath, [resolve('node_modules/aws-cdk/bin/cdk'), ...args], { cwd: directory, env }),
    stacks: () => [...aws.cloudFormation.stacks.keys()],
    bootstrap: () => aws.cloudFormation.bootstrap(),
  };
};

/** The files that infra/README.md shows for each way to reach the API; the page itself is run with the last of them. */
const [PUBLIC, THROUGH_AN_ENDPOINT] = [
  ...readFileSync('infra/README.md', 'utf8').matchAll(/<<'END'\n(.*?)\n {4}END/gs),
].map(([, text]) => text);

/** How many cases of each kind are run: each command takes seconds. */
const MOST = Number(process.env['DEPLOYMENTS'] ?? 1);

describe('commands that are about a stack by its name', () => {
  const contexts = [
    [
      'that is no longer right',
      '{ "exposure": "publik", "policyFile": "deleted.json", "apiConcurrency": 0 }',
    ],
    ['that is not there', undefined],
  ] as const;
  it.each(contexts.slice(0, MOST))(
    'need no context: bootstrap, ls and destroy do their work with one %s',
    async (_what, context) => {
      const { cdk, stacks } = await startCheckout(context);

      await cdk('bootstrap');
      const { stdout } = await cdk('ls');
      await cdk('destroy');

      expect(stdout).toBe('SsmActivation\n');
      expect(stacks()).toEqual(['CDKToolkit']);
    },
    180_000,
  );
});

const shown = [
  ['public', PUBLIC],
  ['private, through an endpoint that is there', THROUGH_AN_ENDPOINT],
] as const;

it.each(shown.slice(0, MOST))(
  'the context of the README that is %s is deployed and taken away',
  async (_what, context) => {
    const { cdk, stacks, bootstrap } = await startCheckout(context);
    bootstrap();

    await cdk('deploy', '-c', 'stackName=Other', '-c', 'apiGatewayLogsRole=existing');
    const deployed = stacks();
    await cdk('destroy', '-c', 'stackName=Other');

    expect(deployed).toEqual(['CDKToolkit', 'Other']);
    expect(stacks()).toEqual(['CDKToolkit']);
  },
  180_000,
);

it('diff and deploy of a context that is not there name what is missing', async () => {
  const { cdk } = await startCheckout();

  const failed = await cdk('diff').catch((error: unknown) => error);

  expect(failed).toMatchObject({
    code: 1,
    stderr: expect.stringMatching(/exposure: .*policyFile: |policyFile: .*exposure: /s),
  });
}, 60_000);
