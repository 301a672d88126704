import { type Decision, decide } from './decide.ts';
import {
  type ActivationError,
  ActivationInProgress,
  AlreadyRegistered,
  NameHeldByOtherProof,
} from './errors.ts';
import type { ManagedNodeId } from './identifiers.ts';
import type { InstanceName } from './instance-name.ts';
import { link, watchedActivations } from './link.ts';
import type { Ports, SystemsManager } from './ports.ts';
import type { Principal } from './principal.ts';
import { NO_READING, type Reading, readNodes } from './reading.ts';
import type { NameRecord } from './record.ts';

/** What a name's state and its node's say to a caller who asks for it now. Changes nothing. */
export const look = async (
  ports: Ports,
  systemsManager: SystemsManager,
  name: InstanceName,
  principal: Principal,
) => {
  const seen = await ports.ledger.read(name);
  const reading = await readingFor(ports, systemsManager, seen);
  const now = ports.clock();
  const decision = decide(seen && link(seen, reading, now), reading, principal, now);
  const refused = decision.kind === 'issue' ? undefined : refusal(decision, name, now);
  return { seen, reading, refused };
};

/** Why this caller would not get an activation for a name now; undefined when it would. Changes nothing. */
export const previewActivation = async (
  ports: Ports,
  name: InstanceName,
  principal: Principal,
): Promise<ActivationError | undefined> =>
  (await look(ports, ports.systemsManager(), name, principal)).refused;

/** Of a name without a node nothing is asked yet: what its earlier activations registered is looked at once they are deleted. */
const readingFor = async (
  ports: Ports,
  systemsManager: SystemsManager,
  record: NameRecord | undefined,
): Promise<Reading> => {
  const { node, newcomer } = record ?? {};
  if (!record || !(node || newcomer)) return NO_READING;
  const asked = new Set([...watchedActivations(record), ...(node ? [node.activationId] : [])]);
  return readNodes(ports, systemsManager, [...asked]);
};

export const refusal = (decision: Exclude<Decision, { kind: 'issue' }>, name: InstanceName, now: Date) => {
  switch (decision.kind) {
    case 'in-progress':
      return inProgress(name, decision.until, now);
    case 'already-registered':
      return alreadyRegistered(decision.node, name);
    case 'other-proof':
      return new NameHeldByOtherProof(
        `${name} was registered by another kind of proof (${decision.holder.proof}); to hand it to this one, an operator removes its node: DELETE /nodes/${decision.node}.`,
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

export const alreadyRegistered = (node: ManagedNodeId, name: InstanceName): AlreadyRegistered =>
  new AlreadyRegistered(
    `${name} is registered as ${node} and has been online. If the machine was rebuilt, an operator can release the name: POST /nodes/${node}/release.`,
  );
