import { execFile } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { expect, it } from 'vitest';
import { temporaryDirectory } from './synthesis.ts';

const run = promisify(execFile);

const POLICY = 'policyFile=infra/policy.example.json';

/** `npx cdk synth` on a machine without credentials. */
const synth = (output: string, ...context: string[]) =>
  run(
    process.execPath,
    [
      'node_modules/aws-cdk/bin/cdk',
      'synth',
      '--quiet',
      '--output',
      output,
      ...context.flatMap((pair) => ['--context', pair]),
    ],
    {
      env: {
        PATH: `node_modules/.bin:${process.env['PATH']}`,
        HOME: output,
        AWS_EC2_METADATA_DISABLED: 'true',
      },
    },
  );

it('cdk synth works without an account', async () => {
  const output = temporaryDirectory();

  await synth(output, 'exposure=public', 'allowedCidrs=203.0.113.0/24', POLICY);

  expect(readdirSync(output)).toContain('SsmActivation.template.json');
}, 60_000);

it('cdk synth for a member account needs the bus alone', async () => {
  const output = temporaryDirectory();

  await synth(output, 'eventBusArn=arn:aws:events:eu-west-1:111122223333:event-bus/Members');

  expect(readdirSync(join(output))).toContain('SsmActivationMember.template.json');
}, 60_000);

it('cdk synth of a context that is not valid ends with every problem and no stack trace', async () => {
  const failed = await synth(temporaryDirectory(), 'exposure=private', 'apiConcurrency=0').catch(
    (error: unknown) => error,
  );

  expect(failed).toMatchObject({ code: 1, stderr: expect.stringMatching(/policyFile: .*apiConcurrency: /s) });
  expect(failed).toMatchObject({ stderr: expect.not.stringMatching(/^ +at /m) });
}, 60_000);
