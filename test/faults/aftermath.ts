import { setTimeout as sleep } from 'node:timers/promises';
import {
  type Activation,
  ListTagsForResourceCommand,
  paginateDescribeActivations,
  type SSMClient,
} from '@aws-sdk/client-ssm';
import { type Cast, nameIn } from './cast.ts';
import type { Call, Door } from './door.ts';
import type { WorkerFunction } from './functions.ts';
import type { Stage } from './stage.ts';

const isUsable = ({ Expired, RegistrationsCount = 0, RegistrationLimit = 1 }: Activation): boolean =>
  !Expired && RegistrationsCount < RegistrationLimit;

/** The activations that could still register a machine under a name. */
export const usableActivations = async (client: SSMClient, name: string): Promise<readonly string[]> => {
  const found: string[] = [];
  const Filters = [{ FilterKey: 'DefaultInstanceName' as const, FilterValues: [name] }];
  for await (const { ActivationList = [] } of paginateDescribeActivations({ client }, { Filters })) {
    found.push(...ActivationList.filter(isUsable).map(({ ActivationId = '' }) => ActivationId));
  }
  return found;
};

export const tagsOf = async (client: SSMClient, node: string): Promise<Record<string, string>> => {
  const resource = { ResourceType: 'ManagedInstance', ResourceId: node } as const;
  const { TagList = [] } = await client.send(new ListTagsForResourceCommand(resource));
  return Object.fromEntries(TagList.map(({ Key = '', Value = '' }) => [Key, Value]));
};

/** A name is held by the request that failed until its lease ends: a caller comes back as it is told. */
const PATIENCE_MS = 40_000;

/** Asks for a name again, as a machine does that was turned away. */
export const comeBack = async (door: Door, call: Call): Promise<string | undefined> => {
  const until = Date.now() + PATIENCE_MS;
  for (;;) {
    const { status, code, retryAfter } = await door.ask(call);
    if (status === 200) return undefined;
    if (Date.now() > until) return `${call.query?.['name']} is still refused with ${status} ${code}`;
    await sleep(Number(retryAfter ?? 1) * 1_000);
  }
};

const SWEEPS = 15;

/** What is doubled, lost or stuck of a row's cast once the sweep has been there; empty when nothing is. */
export const aftermath = async (
  { ssm }: Pick<Stage, 'ssm'>,
  worker: () => Promise<WorkerFunction>,
  { row, known, tagged, put }: Cast,
  accepted: { readonly tagged: boolean; readonly put: boolean },
): Promise<readonly string[]> => {
  const look = async (): Promise<readonly string[]> => {
    const names = [nameIn(row, 'fresh'), nameIn(row, 'token'), known.name];
    const counts = await Promise.all(
      names.map(async (name) => {
        const { length } = await usableActivations(ssm, name);
        return length === 1 ? [] : [`${name} has ${length} usable activations`];
      }),
    );
    const roles = await Promise.all(
      [tagged, put].map(async ({ instanceId }) => (await tagsOf(ssm, instanceId))['Role']),
    );
    const untagged = (['tagged', 'put'] as const).flatMap((part, index) =>
      accepted[part] && roles[index] !== part ? [`the node of ${part} has the role ${roles[index]}`] : [],
    );
    return [...counts.flat(), ...untagged];
  };
  let wrong = await look();
  for (let sweeps = 0; wrong.length > 0 && sweeps < SWEEPS; sweeps += 1) {
    await (await worker()).run({ task: 'sweep' });
    wrong = await look();
    if (wrong.length > 0) await sleep(1_000);
  }
  return wrong;
};
