import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { CreateActivationCommand, DescribeActivationsCommand } from '@aws-sdk/client-ssm';
import { expect, onTestFinished, test } from 'vitest';
import { readConfig } from '../../src/config.ts';
import { openBackend } from '../../src/open-backend.ts';

test.each([
  ['60000', 0],
  ['60000-90000', 0],
  ['0', 1],
])('with LOCAL_SSM_LAG_MS=%s, an activation made just now is listed %i times', async (lag, times) => {
  const directory = await mkdtemp(join(tmpdir(), 'backend-'));
  const config = readConfig({ LOCAL_SSM_LAG_MS: lag, LOCAL_AWS_PORT: '0', DATA_DIR: directory });
  const { ssm, close } = await openBackend(config, { warning: () => {} });
  onTestFinished(async () => {
    await close();
    await rm(directory, { recursive: true });
  });

  await ssm.send(new CreateActivationCommand({ IamRole: 'NodeRole' }));

  const { ActivationList } = await ssm.send(new DescribeActivationsCommand({}));
  expect(ActivationList).toHaveLength(times);
});
