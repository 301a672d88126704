/**
 * What a listing holds beside the records of this server: nodes that no activation let in (EC2 instances, EKS nodes,
 * machines that Cloud Connector enrolled), and what of either kind has values of unexpected forms. It is a fixture that
 * nothing changes. Times are epoch seconds.
 */
import type { AgentReport, Stored, Tag } from './records.ts';

/** A node as DescribeInstanceInformation shows it. */
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

/** An activation as DescribeActivations shows it. */
export interface DescribedActivation {
  readonly ActivationId?: string | undefined;
  readonly Description?: string | undefined;
  readonly DefaultInstanceName?: string | undefined;
  readonly IamRole?: string | undefined;
  readonly RegistrationLimit?: number | undefined;
  readonly RegistrationsCount?: number | undefined;
  readonly ExpirationDate?: number | undefined;
  readonly Expired?: boolean | undefined;
  readonly CreatedDate?: number | undefined;
  readonly Tags?: readonly Partial<Tag>[] | undefined;
}

export interface Foreign<T> extends Stored {
  readonly shown: T;
}

/** The records with what is foreign behind one or another of them, so that both are on the same pages. */
export function withForeign<T extends Stored, D>(
  own: readonly T[],
  foreign: readonly D[] = [],
): readonly (T | Foreign<D>)[] {
  if (foreign.length === 0) return own;
  const strangers = foreign.map((shown, index) => ({ id: '', serial: index + 0.5, shown }));
  return [...own, ...strangers].sort((a, b) => a.serial - b.serial);
}
