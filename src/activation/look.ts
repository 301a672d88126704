import { type Decision, decide, type LiveNode } from './decide.ts';
import {
  type ActivationError,
  ActivationInProgress,
  AlreadyRegistered,
  NameHeldByOtherProof,
} from './errors.ts';
import type { InstanceName } from './instance-name.ts';
import type { Ports, SystemsManager } from './ports.ts';
import type { Principal } from './principal.ts';
import type { NameRecord } from './record.ts';

/** What a name's state and its node's say to a caller who asks for it now. Changes nothing. */
export const look = async (
  ports: Ports,
  systemsManager: SystemsManager,
  name: InstanceName,
  principal: Principal,
) => {
  const seen = await ports.ledger.read(name);
  const live = await liveNodeOf(seen, systemsManager);
  const now = ports.clock();
  const decision = decide(seen, live, principal, now);
  const refused = decision.kind === 'issue' ? undefined : refusal(decision, name, now);
  return { seen, live, refused };
};

/** Why this caller would not get an activation for a name now; undefined when it would. Changes nothing. */
export const previewActivation = async (
  ports: Ports,
  name: InstanceName,
  principal: Principal,
  deadline: Date,
): Promise<ActivationError | undefined> =>
  (await look(ports, ports.systemsManager(deadline), name, principal)).refused;

const liveNodeOf = async (
  record: NameRecord | undefined,
  systemsManager: SystemsManager,
): Promise<LiveNode> => {
  const node = record?.node;
  if (!node) return 'missing';
  const nodes = await systemsManager.nodesOf([node.activationId]);
  return nodes.find(({ id }) => id === node.id) ?? 'missing';
};

export const refusal = (decision: Exclude<Decision, { kind: 'issue' }>, name: InstanceName, now: Date) => {
  switch (decision.kind) {
    case 'in-progress':
      return inProgress(name, decision.until, now);
    case 'already-registered':
      return alreadyRegistered(decision.node.id, name);
    case 'other-proof':
      return new NameHeldByOtherProof(
        `${name} was registered by another kind of proof (${decision.node.principal.proof}); to hand it to this one, an operator removes its node: DELETE /nodes/${decision.node.id}.`,
      );
  }
};

export const inProgress = (name: InstanceName, until: Date, now: Date): ActivationInProgress => {
  const seconds = Math.ceil((until.getTime() - now.getTime()) / 1000);
  return new ActivationInProgress(
    `Another request is activating ${name} at this moment; try again shortly.`,
    Math.max(1, Math.min(seconds, 5)),
  );
};

export const tooOften = (name: InstanceName): ActivationInProgress =>
  new ActivationInProgress(
    `${name} was activated too often within minutes, and nothing registered; wait a while.`,
    60,
  );

export const alreadyRegistered = (node: string, name: InstanceName): AlreadyRegistered =>
  new AlreadyRegistered(
    `${name} is registered as ${node} and has been online. If the machine was rebuilt, an operator can release the name: POST /nodes/${node}/release.`,
  );
