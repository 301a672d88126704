/**
 * EventBridge's envelope for the two events SSM sends of itself. AWS does not publish the shape of `detail`:
 * a consumer should find the `mi-` id in it by its pattern.
 */
import { randomUUID } from 'node:crypto';

export type SsmEventType = 'SSM Managed Instance Registration' | 'SSM Managed Instance Deregistration';

export interface SsmEvent {
  readonly version: '0';
  readonly id: string;
  readonly 'detail-type': SsmEventType;
  readonly source: 'aws.ssm';
  readonly account: string;
  /** ISO 8601. */
  readonly time: string;
  readonly region: string;
  readonly resources: readonly string[];
  readonly detail: Readonly<Record<string, string>>;
}

function partitionOf(region: string): string {
  if (region.startsWith('cn-')) return 'aws-cn';
  return region.startsWith('us-gov-') ? 'aws-us-gov' : 'aws';
}

export function ssmEvent(
  type: SsmEventType,
  where: { readonly region: string; readonly accountId: string; readonly clock: () => Date },
  instanceId: string,
): SsmEvent {
  const { region, accountId } = where;
  return {
    version: '0',
    id: randomUUID(),
    'detail-type': type,
    source: 'aws.ssm',
    account: accountId,
    time: where.clock().toISOString(),
    region,
    resources: [`arn:${partitionOf(region)}:ssm:${region}:${accountId}:managed-instance/${instanceId}`],
    detail: { 'managed-instance-id': instanceId },
  };
}
