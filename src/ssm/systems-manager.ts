import {
  AddTagsToResourceCommand,
  CreateActivationCommand,
  type CreateActivationCommandOutput,
  DeleteActivationCommand,
  DeregisterManagedInstanceCommand,
  DescribeActivationsCommand,
  type DescribeActivationsFilter,
  RemoveTagsFromResourceCommand,
  type SSMClient,
} from '@aws-sdk/client-ssm';
import { ActivationCode } from '../activation/activation-code.ts';
import type { Task } from '../activation/deadline.ts';
import { NodeRoleUnusable, SystemsManagerRefused, TagsRefused } from '../activation/errors.ts';
import { ActivationId } from '../activation/identifiers.ts';
import type { ManagedNode } from '../activation/managed-node.ts';
import type { DescribedActivation, Known, SystemsManager, TagsSent } from '../activation/ports.ts';
import type { Tags } from '../activation/tags.ts';
import type { Answer } from '../aws/call.ts';
import { writtenByAws } from '../aws/written-by-aws.ts';
import { type Caller, callUntil, type SsmCall } from './call.ts';
import { describeNodes, describeNodesWith } from './describe-nodes.ts';
import { describeAttempt, describedActivation } from './described-activation.ts';
import { createNodeLookup } from './node-lookup.ts';
import { watchNodeRole } from './node-role.ts';
import type { Pace, Place } from './pace.ts';
import { createProbe } from './probe.ts';

export interface SystemsManagerOptions {
  /** Made with `maxAttempts: 1`: the retries are made here, where it is known what a lost answer means. */
  readonly client: SSMClient;
  readonly caller: Caller;
  /** `name` or `path/name`, never an ARN. */
  readonly nodeRole: string;
  /** A mint met a role that cannot be used: other processes are to know of it. */
  readonly onNodeRoleUnusable?: (task: Task, at: Date) => Promise<void>;
}

const MANAGED = { Key: 'ResourceType', Values: ['ManagedInstance'] };
const SILENT = { Key: 'PingStatus', Values: ['ConnectionLost'] };

/** A call that begins at its deadline is cut off: SSM mints, and nobody is given it. A reserved place leaves it so long. */
const CALL_MS = 2_000;

/** How many names one DescribeActivations is asked about, and the size of its pages. */
const PAGE = 50;

/** SSM takes a filter without values for none, or refuses it: of no ids there are no nodes, and no call. */
const NO_NODES: readonly ManagedNode[] = [];

/** Systems Manager through the AWS SDK, paced and retried. */
export const createSystemsManager = ({
  client,
  caller,
  nodeRole,
  onNodeRoleUnusable,
}: SystemsManagerOptions) => {
  const lookUpNodes = createNodeLookup(client, caller);
  const role = watchNodeRole(caller.clock);
  const probe = createProbe(client, caller);

  return (task: Task): SystemsManager => {
    let reserved: Place | undefined;
    let hasMinted = false;
    const reservedFirst: Pace = {
      reserve: (until) => {
        const place = reserved ?? caller.pace.reserve(until);
        reserved = undefined;
        return place;
      },
    };
    const own: Caller = { ...caller, pace: reservedFirst };
    const call: MakeCall = (ssmCall) => callUntil(own, task, ssmCall);

    const describeActivations = async (
      Filters: DescribeActivationsFilter[],
    ): Promise<DescribedActivation[]> => {
      const found: DescribedActivation[] = [];
      let NextToken: string | undefined;
      do {
        const command = new DescribeActivationsCommand({ Filters, MaxResults: PAGE, NextToken });
        const { output } = await call({
          operation: 'DescribeActivations',
          send: async (abortSignal) => writtenByAws(await client.send(command, { abortSignal })),
        });
        found.push(...(output.ActivationList ?? []).flatMap(describedActivation));
        NextToken = output.NextToken;
      } while (NextToken);
      return found;
    };

    /** What a mint shows of the node role. */
    const witnessing = async <T>(mint: () => Promise<T>): Promise<T> => {
      hasMinted = true;
      try {
        const answer = await mint();
        role.worked();
        probe.answered();
        return answer;
      } catch (error) {
        if (error instanceof NodeRoleUnusable) {
          role.refused();
          // Without the ledger the others find out by themselves.
          await onNodeRoleUnusable?.(task, caller.clock()).catch(() => {});
        }
        throw error;
      }
    };

    return {
      reserveCall: async () => {
        role.begin();
        reserved ??= caller.pace.reserve(task.deadline.earlierBy(CALL_MS));
      },
      giveBackCall: async () => {
        if (!hasMinted) role.unused();
        reserved?.giveBack();
        reserved = undefined;
      },

      nodesOf: async (activations) => (activations.length === 0 ? NO_NODES : lookUpNodes(activations, task)),
      nodesById: async (ids) =>
        ids.length === 0 ? NO_NODES : describeNodesWith(client, caller, task, 'InstanceIds', () => ids),
      allNodes: () => describeNodes(client, caller, task, () => [MANAGED]),
      silentNodes: () => describeNodes(client, caller, task, () => [SILENT]),

      createActivation: async ({ name, tags, expiresAt, attemptId, confirm }) => {
        const command = new CreateActivationCommand({
          DefaultInstanceName: name,
          Description: describeAttempt(attemptId),
          IamRole: nodeRole,
          RegistrationLimit: 1,
          ExpirationDate: expiresAt,
          ...(Object.keys(tags).length > 0 && { Tags: tagList(tags) }),
        });
        const { output, mayHaveActedBefore } = await witnessing(() =>
          call({
            operation: 'CreateActivation',
            confirm,
            roleTries: role.tries(),
            send: async (abortSignal) => minted(writtenByAws(await client.send(command, { abortSignal }))),
          }),
        );
        return { ...output, strayPossible: mayHaveActedBefore };
      },

      deleteActivation: async (id) => {
        const command = new DeleteActivationCommand({ ActivationId: id });
        const { known } = await unlessUnknown(call, UNKNOWN_ACTIVATION, {
          operation: 'DeleteActivation',
          send: async (abortSignal) => writtenByAws(await client.send(command, { abortSignal })),
        });
        return known;
      },

      activationsNamed: async (names) => {
        const found: DescribedActivation[] = [];
        for (let from = 0; from < names.length; from += PAGE) {
          const FilterValues = names.slice(from, from + PAGE);
          found.push(...(await describeActivations([{ FilterKey: 'DefaultInstanceName', FilterValues }])));
        }
        return found;
      },

      allActivations: () => describeActivations([]),

      addTags: async (node, tags) => {
        const resource = { ResourceType: 'ManagedInstance', ResourceId: node } as const;
        const command = new AddTagsToResourceCommand({ ...resource, Tags: tagList(tags) });
        return orTagsRefused(call, 'AddTagsToResource', async (abortSignal) =>
          writtenByAws(await client.send(command, { abortSignal })),
        );
      },

      removeTags: async (node, keys) => {
        const resource = { ResourceType: 'ManagedInstance', ResourceId: node } as const;
        const command = new RemoveTagsFromResourceCommand({ ...resource, TagKeys: [...keys] });
        return orTagsRefused(call, 'RemoveTagsFromResource', async (abortSignal) =>
          writtenByAws(await client.send(command, { abortSignal })),
        );
      },

      deregister: async (node) => {
        const command = new DeregisterManagedInstanceCommand({ InstanceId: node });
        const { known } = await unlessUnknown(call, UNKNOWN_NODE, {
          operation: 'DeregisterManagedInstance',
          send: async (abortSignal) => writtenByAws(await client.send(command, { abortSignal })),
        });
        return known;
      },

      check: () => probe.check(task),
    };
  };
};

const tagList = (tags: Tags) => Object.entries(tags).map(([Key, Value]) => ({ Key, Value }));

const UNKNOWN_ACTIVATION = ['InvalidActivation', 'InvalidActivationId'];
const UNKNOWN_NODE = ['InvalidInstanceId'];

type MakeCall = <T>(call: SsmCall<T>) => Promise<Answer<T>>;
type Send = SsmCall<unknown>['send'];

/** An answer that lacks what it is asked for was cut short on its way: SSM has minted, and the code is lost. */
const minted = ({ ActivationId: id, ActivationCode: code }: CreateActivationCommandOutput) => {
  if (id === undefined || !code) throw new DOMException('The answer holds no activation.', 'AbortError');
  return { id: ActivationId.parse(id), code: new ActivationCode(code) };
};

/** t1 the call takes effect and its answer is lost, t2 it is sent again: SSM knows nothing of the id by then. */
const unlessUnknown = async (
  call: MakeCall,
  unknown: readonly string[],
  { expected = unknown, ...ssmCall }: SsmCall<unknown>,
): Promise<{ readonly known: Known; readonly mayHaveActedBefore: boolean }> => {
  let tries = 0;
  const send: Send = (signal) => {
    tries += 1;
    return ssmCall.send(signal);
  };
  try {
    const { mayHaveActedBefore } = await call({ ...ssmCall, send, expected });
    return { known: 'done', mayHaveActedBefore };
  } catch (error) {
    if (!isRefusal(error, unknown)) throw error;
    return { known: tries > 1 ? 'done' : 'unknown', mayHaveActedBefore: error.mayHaveActed };
  }
};

const UNKNOWN_RESOURCE = ['InvalidResourceId'];
/** SSM's considered refusals of tags: another try would meet them again. */
const REFUSALS = ['TooManyTagsError', 'ValidationException', 'InvalidResourceType'];

const orTagsRefused = async (call: MakeCall, operation: string, send: Send): Promise<TagsSent> => {
  try {
    const expected = [...UNKNOWN_RESOURCE, ...REFUSALS];
    const tags = { operation, send, expected };
    const { known, mayHaveActedBefore } = await unlessUnknown(call, UNKNOWN_RESOURCE, tags);
    return { known, mayComeAgain: mayHaveActedBefore };
  } catch (error) {
    if (!isRefusal(error, REFUSALS)) throw error;
    const { cause } = error;
    throw new TagsRefused(`Systems Manager refused the tags (${cause.name}).`, { cause });
  }
};

/** Whether SSM refused with one of these codes of its own. */
const isRefusal = (
  error: unknown,
  codes: readonly string[],
): error is SystemsManagerRefused & { readonly cause: Error } =>
  error instanceof SystemsManagerRefused && error.cause instanceof Error && codes.includes(error.cause.name);
