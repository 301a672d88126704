/**
 * Nodes that no activation of this account let in, but that a listing has too: EC2 instances, EKS nodes, machines
 * that Cloud Connector enrolled. They are a fixture: nothing changes them.
 */
import type { AgentReport, Stored, Tag } from './records.ts';

/** A node as DescribeInstanceInformation shows it; times are epoch seconds. */
export interface DescribedNode extends AgentReport {
  readonly InstanceId?: string | undefined;
  readonly PingStatus?: string | undefined;
  readonly LastPingDateTime?: number | undefined;
  readonly ActivationId?: string | undefined;
  readonly IamRole?: string | undefined;
  readonly RegistrationDate?: number | undefined;
  readonly ResourceType?: string | undefined;
  readonly Name?: string | undefined;
  readonly SourceId?: string | undefined;
  readonly SourceType?: string | undefined;
}

export interface ForeignNode extends Stored {
  readonly shown: DescribedNode;
  readonly tags: readonly Tag[];
}

/** Each has its place behind one of the nodes that registered, so that both are on the same pages. */
export const strangersOf = (foreignNodes: readonly DescribedNode[]): ForeignNode[] =>
  foreignNodes.map((shown, index) => ({
    id: shown.InstanceId ?? '',
    serial: index + 0.5,
    shown,
    tags: [],
  }));
