import {
  CreateActivationCommand,
  DescribeActivationsCommand,
  DescribeInstanceInformationCommand,
  ListTagsForResourceCommand,
} from '@aws-sdk/client-ssm';
import { type Activation, type ActivationOrder, activate } from '../../src/activation/activate.ts';
import { ActivationCode } from '../../src/activation/activation-code.ts';
import { deadlineIn } from '../../src/activation/deadline.ts';
import type { ActivationEvent } from '../../src/activation/events.ts';
import { ActivationId } from '../../src/activation/identifiers.ts';
import { InstanceName } from '../../src/activation/instance-name.ts';
import type { Ports } from '../../src/activation/ports.ts';
import type { Principal } from '../../src/activation/principal.ts';
import { release } from '../../src/activation/release.ts';
import { remove } from '../../src/activation/remove.ts';
import { setTags } from '../../src/activation/set-tags.ts';
import { sweep } from '../../src/activation/sweep.ts';
import type { Tags } from '../../src/activation/tags.ts';
import { createSimulatedMachine } from '../../src/local/simulated-machine.ts';
import { keyPair } from '../local/embedded-aws.ts';
import { REGION, startService, type TestService } from '../service.ts';

const HOST = InstanceName.parse('host-1');
export const NETWORK: Principal = { proof: 'network', subject: '10.0.0.7', mayRejoin: false };
const OPERATOR = 'someone';
export const HOUR_MS = 60 * 60_000;
/** An agent silent for longer is ConnectionLost. */
export const SILENT_MS = 11 * 60_000;

/** The use cases on the whole service, told about one name, with a look behind them into Systems Manager. */
export interface Scenario extends TestService {
  /** What the use cases wrote into the audit trail, in order. */
  readonly events: readonly ActivationEvent[];
  activate(changes?: Partial<ActivationOrder>, ports?: Ports): Promise<Activation>;
  /** For work that must end by then. */
  portsWithin(milliseconds: number): Ports;
  /** Registers a machine of its own. */
  register(activation: Activation): Promise<{ readonly id: string; ping(): Promise<void> }>;
  tag(set: Tags, remove?: readonly string[]): ReturnType<typeof setTags>;
  release(): ReturnType<typeof release>;
  remove(withinMs?: number): ReturnType<typeof remove>;
  /** Lets so much time pass that the name is due, then sweeps. */
  sweepAfter(milliseconds: number): ReturnType<typeof sweep>;
  record(): ReturnType<Ports['ledger']['read']>;
  /** The ids of the name's activations that can still register a machine. */
  usable(): Promise<string[]>;
  nodeIds(): Promise<string[]>;
  tagsOf(node: string): Promise<Tags>;
}

export const startScenario = async (): Promise<Scenario> => {
  const service = await startService();
  const { clock, ssm } = service;
  const events: ActivationEvent[] = [];
  const append = async (event: ActivationEvent) => {
    await service.ports.events.append(event);
    events.push(event);
  };
  const noted = (ports: Ports): Ports => ({ ...ports, events: { ...ports.events, append } });
  const portsWithin = (milliseconds: number): Ports =>
    noted(service.portsFor({ deadline: deadlineIn(milliseconds, { clock: clock.now }) }));
  /** As a request has them: Systems Manager is retried for 20 s. */
  const ports = (withinMs = 22_000) => portsWithin(withinMs);
  const unhurriedPorts = noted(service.ports);
  const operatorOrder = { name: HOST, operator: OPERATOR };

  return {
    ...service,
    ports: unhurriedPorts,
    portsWithin,
    events,
    activate: (changes, given = ports()) => {
      const order = { name: HOST, tags: {}, principal: NETWORK, lifetimeMs: HOUR_MS };
      return activate(given, { ...order, ...changes });
    },
    register: async ({ id, code }) => {
      const endpoint = { endpoint: service.aws.url, region: REGION };
      const machine = createSimulatedMachine({
        ...endpoint,
        computerName: HOST,
        clock: clock.now,
        keyPair,
      });
      const node = await machine.register({ activationId: id, activationCode: code.reveal() });
      return { id: node, ping: () => machine.ping() };
    },
    tag: (set, removed = []) => {
      const actor = { kind: 'machine', principal: NETWORK } as const;
      return setTags(ports(), { name: HOST, set, remove: removed, actor });
    },
    release: () => release(ports(), operatorOrder),
    remove: (withinMs) => remove(ports(withinMs), operatorOrder),
    sweepAfter: (milliseconds) => {
      clock.advance(milliseconds);
      return sweep(ports());
    },
    record: () => unhurriedPorts.ledger.read(HOST),
    usable: async () => {
      const { ActivationList = [] } = await ssm.send(new DescribeActivationsCommand({ MaxResults: 50 }));
      return ActivationList.flatMap(
        ({ ActivationId, Expired, RegistrationsCount = 0, RegistrationLimit = 1 }) =>
          ActivationId && !Expired && RegistrationsCount < RegistrationLimit ? [ActivationId] : [],
      );
    },
    nodeIds: async () => {
      const { InstanceInformationList = [] } = await ssm.send(
        new DescribeInstanceInformationCommand({ MaxResults: 50 }),
      );
      return InstanceInformationList.flatMap(({ InstanceId }) => (InstanceId ? [InstanceId] : []));
    },
    tagsOf: async (node) => {
      const resource = { ResourceType: 'ManagedInstance', ResourceId: node } as const;
      const { TagList = [] } = await ssm.send(new ListTagsForResourceCommand(resource));
      return Object.fromEntries(TagList.map(({ Key = '', Value = '' }) => [Key, Value]));
    },
  };
};

/** An activation made behind the service's back, as before this service existed. */
export const activationByHand = async (
  { ssm, clock }: Scenario,
  name: string | undefined = HOST,
): Promise<Activation> => {
  const { ActivationId: id, ActivationCode: code } = await ssm.send(
    new CreateActivationCommand({
      IamRole: 'service-role/ssm-node',
      ...(name && { DefaultInstanceName: name }),
      Tags: [{ Key: 'Rack', Value: '7' }],
    }),
  );
  const expiresAt = new Date(clock.now().getTime() + 86_400_000);
  return { id: ActivationId.parse(id), code: new ActivationCode(code ?? ''), expiresAt, tags: {} };
};
