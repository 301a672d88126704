import type { ActivationId, ManagedNodeId } from './identifiers.ts';
import type { InstanceName } from './instance-name.ts';

/** `Inactive` is deprecated by AWS but still in its model. */
export const PING_STATUSES = ['Online', 'ConnectionLost', 'Inactive'] as const;
type PingStatus = (typeof PING_STATUSES)[number];

/** A managed node as Systems Manager describes it now. */
export interface ManagedNode {
  readonly id: ManagedNodeId;
  readonly activationId: ActivationId;
  /** The activation's default instance name; absent when a node registered by hand has none. */
  readonly name?: InstanceName;
  readonly registeredAt: Date;
  readonly pingStatus: PingStatus;
  readonly lastPingAt?: Date;
  /** Told by the agent's first ping, and by nothing else. */
  readonly agentVersion?: string;
  /** The address that the agent reports of itself. */
  readonly ipAddress?: string;
}

/**
 * Whether the node's agent has ever reported. A node that registered while the answer was lost never does: its activation is burned.
 * The agent's version is the witness, because SSM does not say what LastPingDateTime holds before a first ping.
 */
export const hasBeenOnline = (node: ManagedNode): boolean =>
  node.pingStatus === 'Online' || node.agentVersion !== undefined;
