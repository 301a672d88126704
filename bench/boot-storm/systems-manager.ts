import {
  ListTagsForResourceCommand,
  paginateDescribeInstanceInformation,
  SSMClient,
} from '@aws-sdk/client-ssm';
import { startEmbeddedAws } from '../../src/local/aws/server.ts';
import { LOCAL_CREDENTIALS } from '../../src/local/credentials.ts';
import { REGION } from './region.ts';

/** What agents call: SSM does not count it against the callers of its API. */
const AGENTS_OWN = new Set([
  'RegisterManagedInstance',
  'RequestManagedInstanceRoleToken',
  'UpdateInstanceInformation',
]);
const LATENCY_MS = 20;

/** An embedded SSM that admits so many calls a second, and counts them. */
export const startSystemsManager = async (callsASecond: number) => {
  let calls = 0;
  let throttled = 0;
  const faults = { tps: callsASecond as number | undefined, latencyMs: LATENCY_MS };
  const aws = await startEmbeddedAws({
    host: '127.0.0.1',
    port: 0,
    region: REGION,
    clock: () => new Date(),
    faults,
    onCall: ({ operation, code }) => {
      if (AGENTS_OWN.has(operation)) return;
      calls += 1;
      if (code === 'ThrottlingException') throttled += 1;
    },
  });
  const client = new SSMClient({ endpoint: aws.url, region: REGION, credentials: LOCAL_CREDENTIALS });
  return {
    url: aws.url,
    client,
    counted: () => ({ calls, throttled }),
    /** All nodes with their tags; nothing is throttled any more. */
    nodes: async () => {
      faults.tps = undefined;
      faults.latencyMs = 0;
      const nodes: { readonly name: string; readonly tags: Readonly<Record<string, string>> }[] = [];
      for await (const page of paginateDescribeInstanceInformation({ client, pageSize: 50 }, {})) {
        for (const { Name = '', InstanceId } of page.InstanceInformationList ?? []) {
          const resource = { ResourceType: 'ManagedInstance', ResourceId: InstanceId } as const;
          const { TagList = [] } = await client.send(new ListTagsForResourceCommand(resource));
          nodes.push({
            name: Name,
            tags: Object.fromEntries(TagList.map(({ Key, Value = '' }) => [Key, Value])),
          });
        }
      }
      return nodes;
    },
    stop: async () => {
      client.destroy();
      await aws.close();
    },
  };
};
export type StormSystemsManager = Awaited<ReturnType<typeof startSystemsManager>>;
