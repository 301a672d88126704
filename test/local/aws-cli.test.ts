/** The real `aws` command against the embedded AWS. Each call takes about a second, so few are made and side by side. */
import { execFile, execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, describe, expect, test } from 'vitest';
import * as z from 'zod';
import { startEmbeddedAws } from '../../src/local/aws/server.ts';
import { createSimulatedMachine } from '../../src/local/simulated-machine.ts';
import { keyPair, region } from './embedded-aws.ts';

function findAws(): string | undefined {
  for (const command of ['/usr/bin/aws', 'aws']) {
    try {
      execFileSync(command, ['--version'], { stdio: 'ignore' });
      return command;
    } catch {}
  }
  return undefined;
}

const command = findAws();
if (!command) console.warn('No aws command on this machine: the tests that drive it are skipped.');

const home = mkdtempSync(join(tmpdir(), 'aws-cli-'));
afterAll(() => rmSync(home, { recursive: true, force: true }));

const failure = z.object({ code: z.number(), stderr: z.string() });

function cliFor(endpoint: string) {
  const env = {
    PATH: process.env['PATH'],
    HOME: home,
    AWS_ACCESS_KEY_ID: 'AKIAOPERATOR',
    AWS_SECRET_ACCESS_KEY: 'operator',
    AWS_DEFAULT_REGION: region,
    AWS_EC2_METADATA_DISABLED: 'true',
    AWS_PAGER: '',
  };
  /** The JSON that `aws ssm ...` prints; undefined when it prints nothing. */
  const ssm = async (...args: string[]): Promise<unknown> => {
    const all = ['ssm', ...args, '--endpoint-url', endpoint, '--output', 'json'];
    const { stdout } = await promisify(execFile)(command ?? 'aws', all, { env });
    return stdout.trim() ? JSON.parse(stdout) : undefined;
  };
  /** What `aws` writes of the error that the call must end in. */
  const refused = async (...args: string[]): Promise<string> => {
    const error = await ssm(...args).catch((reason: unknown) => reason);
    const { stderr } = failure.parse(error);
    return stderr.trim();
  };
  return { ssm, refused };
}

const created = z.object({ ActivationId: z.string(), ActivationCode: z.string() });
const nodeList = z.object({
  InstanceInformationList: z.array(z.object({ InstanceId: z.string() }).loose()),
  NextToken: z.string().optional(),
});

describe.skipIf(!command)('the aws command', () => {
  test('creates, describes, tags, pages, deregisters and deletes', { timeout: 60_000 }, async () => {
    const aws = await startEmbeddedAws({ host: '127.0.0.1', port: 0, region, clock: () => new Date() });
    const { ssm } = cliFor(aws.url);
    const tomorrow = new Date(Date.now() + 20 * 3_600_000).toISOString();
    const [one, many] = z
      .array(created)
      .parse(
        await Promise.all([
          ssm(
            ...[
              'create-activation',
              '--iam-role',
              'service-role/NodeRole',
              '--default-instance-name',
              'web-1',
            ],
            ...['--expiration-date', tomorrow, '--tags', 'Key=Environment,Value=Prod', 'Key=Bare,Value='],
          ),
          ssm('create-activation', '--iam-role', 'NodeRole', '--registration-limit', '7'),
        ]),
      );
    if (!one || !many) throw new Error('no activation');
    const register = ({
      ActivationId: activationId,
      ActivationCode: activationCode,
    }: z.infer<typeof created>) => {
      const machine = createSimulatedMachine({ endpoint: aws.url, region, computerName: 'web-1', keyPair });
      return machine.register({ activationId, activationCode }).then(() => machine);
    };
    const web = await register(one);
    await web.ping();
    const others: string[] = [];
    for (let index = 0; index < 6; index++) others.push((await register(many)).instanceId ?? '');
    const webId = web.instanceId ?? '';
    const onWeb = ['--resource-type', 'ManagedInstance', '--resource-id', webId];

    const [activations, byName, online, byTag, firstItems, allPages, tags] = await Promise.all([
      ssm('describe-activations', '--filters', 'FilterKey=DefaultInstanceName,FilterValues=web-1'),
      ssm('describe-activations', '--filters', 'FilterKey=DefaultInstanceName,FilterValues=web-2'),
      ssm('describe-instance-information', '--filters', 'Key=PingStatus,Values=Online'),
      ssm('describe-instance-information', '--filters', 'Key=tag:Environment,Values=Prod,Test'),
      ssm('describe-instance-information', '--max-items', '5'),
      ssm('describe-instance-information', '--page-size', '5'),
      ssm('list-tags-for-resource', ...onWeb),
    ]);
    const token = nodeList.parse(firstItems).NextToken ?? '';
    const afterFirst = await ssm('describe-instance-information', '--starting-token', token);
    await Promise.all([
      ssm('add-tags-to-resource', ...onWeb, '--tags', 'Key=Role,Value=web'),
      ssm('deregister-managed-instance', '--instance-id', others[0] ?? ''),
      ssm('delete-activation', '--activation-id', many.ActivationId),
    ]);
    await ssm('remove-tags-from-resource', ...onWeb, '--tag-keys', 'Environment', 'Bare');
    const [tagsLeft, nodesLeft, activationsLeft] = await Promise.all([
      ssm('list-tags-for-resource', ...onWeb),
      ssm('describe-instance-information'),
      ssm('describe-activations'),
    ]);
    await aws.close();

    const ids = (answer: unknown) =>
      nodeList.parse(answer).InstanceInformationList.map(({ InstanceId }) => InstanceId);
    expect(activations).toMatchObject({
      ActivationList: [
        {
          ActivationId: one.ActivationId,
          IamRole: 'service-role/NodeRole',
          RegistrationsCount: 1,
          Expired: false,
        },
      ],
    });
    expect(byName).toEqual({ ActivationList: [] });
    expect(online).toMatchObject({ InstanceInformationList: [{ InstanceId: webId, Name: 'web-1' }] });
    expect(ids(byTag)).toEqual([webId]);
    expect(ids(firstItems)).toEqual([webId, ...others.slice(0, 4)]);
    expect(ids(afterFirst)).toEqual(others.slice(4));
    expect(ids(allPages)).toEqual([webId, ...others]);
    expect(tags).toEqual({
      TagList: [
        { Key: 'Environment', Value: 'Prod' },
        { Key: 'Bare', Value: '' },
      ],
    });
    expect(tagsLeft).toEqual({ TagList: [{ Key: 'Role', Value: 'web' }] });
    expect(ids(nodesLeft)).toEqual([webId, ...others.slice(1)]);
    expect(activationsLeft).toMatchObject({ ActivationList: [{ ActivationId: one.ActivationId }] });
  });

  test('shows the error codes of AWS', { timeout: 60_000 }, async () => {
    const aws = await startEmbeddedAws({ host: '127.0.0.1', port: 0, region, clock: () => new Date() });
    const { refused } = cliFor(aws.url);
    const node = 'mi-0123456789abcdef0';

    const errors = await Promise.all([
      refused('create-activation', '--iam-role', 'arn:aws:iam::123456789012:role/NodeRole'),
      refused('delete-activation', '--activation-id', '01234567-89ab-cdef-0123-456789abcdef'),
      refused('deregister-managed-instance', '--instance-id', node),
      refused('describe-instance-information', '--filters', 'Key=Name,Values=web-1'),
      refused('describe-activations', '--next-token', 'nonsense', '--no-paginate'),
      refused('list-tags-for-resource', '--resource-type', 'ManagedInstance', '--resource-id', node),
    ]);
    await aws.close();

    expect(errors).toEqual(
      [
        ['ValidationException', 'CreateActivation'],
        ['InvalidActivation', 'DeleteActivation'],
        ['InvalidInstanceId', 'DeregisterManagedInstance'],
        ['InvalidFilterKey', 'DescribeInstanceInformation'],
        ['InvalidNextToken', 'DescribeActivations'],
        ['InvalidResourceId', 'ListTagsForResource'],
      ].map(([code, operation]) =>
        expect.stringContaining(`An error occurred (${code}) when calling the ${operation} operation: `),
      ),
    );
  });
});
