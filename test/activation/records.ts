import { createHash } from 'node:crypto';
import { ActivationId, AttemptId, ManagedNodeId } from '../../src/activation/identifiers.ts';
import { InstanceName } from '../../src/activation/instance-name.ts';
import type { ManagedNode } from '../../src/activation/managed-node.ts';
import type { Principal } from '../../src/activation/principal.ts';
import { type Reading, readingOf } from '../../src/activation/reading.ts';
import {
  type Attempt,
  type LinkedNode,
  type NameRecord,
  type Newcomer,
  type OutstandingActivation,
  type SupersededActivation,
  unseen,
} from '../../src/activation/record.ts';

/** Records of one name, in whatever state a rule is to be tried on. */
export const NOW = new Date('2026-11-21T10:00:00Z');
export const PRINCIPAL: Principal = { proof: 'network', subject: '10.0.0.7', mayRejoin: false };

export const seconds = (count: number, from = NOW): Date => new Date(from.getTime() + count * 1000);

const uuid = (seed: string): string => {
  const hex = createHash('sha256').update(seed).digest('hex');
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-4${hex.slice(13, 16)}-8${hex.slice(17, 20)}-${hex.slice(20, 32)}`;
};

export const activationId = (seed: string): ActivationId => ActivationId.parse(uuid(seed));
export const attemptId = (seed: string): AttemptId => AttemptId.parse(uuid(seed));
export const nodeId = (seed: string): ManagedNodeId =>
  ManagedNodeId.parse(`mi-${createHash('sha256').update(seed).digest('hex').slice(0, 17)}`);

export const record = (changes: Partial<NameRecord> = {}): NameRecord => ({
  ...unseen(InstanceName.parse('host-1'), uuid('revision')),
  ...changes,
});

export const attempt = (changes: Partial<Attempt> = {}): Attempt => ({
  id: attemptId('attempt'),
  principal: PRINCIPAL,
  grant: 'first',
  tags: {},
  leaseUntil: seconds(30),
  ...changes,
});

export const outstanding = (
  seed: string,
  changes: Partial<OutstandingActivation> = {},
): OutstandingActivation => ({
  id: activationId(seed),
  attemptId: attemptId(seed),
  principal: PRINCIPAL,
  grant: 'first',
  tags: {},
  issuedAt: NOW,
  expiresAt: seconds(3600),
  ...changes,
});

export const superseded = (
  seed: string,
  changes: Partial<SupersededActivation> = {},
): SupersededActivation => ({
  id: activationId(seed),
  principal: PRINCIPAL,
  grant: 'first',
  tags: {},
  issuedAt: NOW,
  since: NOW,
  deleted: true,
  standing: 'stands',
  ...changes,
});

/** The node that registered with the activation of the same seed, as the ledger has it. */
export const linked = (seed: string, changes: Partial<LinkedNode> = {}): LinkedNode => ({
  id: nodeId(seed),
  activationId: activationId(seed),
  principal: PRINCIPAL,
  registeredAt: seconds(-3600),
  linkedAt: seconds(-3600),
  seenOnline: true,
  tags: {},
  unappliedTags: [],
  ...changes,
});

/** The node `n`, which waits to be judged. */
export const newcomer = (changes: Partial<Newcomer> = {}): Newcomer => ({
  id: nodeId('n'),
  activationId: activationId('n'),
  registeredAt: seconds(-10),
  settlesAt: seconds(290),
  seenOnline: true,
  ...changes,
});

/** The same node as Systems Manager describes it: burned, silent or Online. */
export const described = (
  seed: string,
  state: 'burned' | 'silent' | 'online',
  changes: Partial<ManagedNode> = {},
): ManagedNode => ({
  id: nodeId(seed),
  activationId: activationId(seed),
  registeredAt: seconds(-3600),
  pingStatus: state === 'online' ? 'Online' : 'ConnectionLost',
  ...(state !== 'burned' && { agentVersion: '3.3.0.0', lastPingAt: seconds(-60) }),
  ...changes,
});

/** How long Systems Manager's answers may lag in these tests. */
export const SETTLING_MS = 300_000;

/** One look at Systems Manager, now, that asked about the activations of these seeds and showed these nodes. */
export const reading = (nodes: readonly ManagedNode[], asked = 'abcdez'): Reading =>
  readingOf([...asked].map(activationId), nodes, NOW, SETTLING_MS);
