/** The filters of DescribeInstanceInformation. Filters are all to hold; of one filter's values, any. */
import { AwsError } from './errors.ts';
import type { ManagedNode } from './records.ts';
import { activationIdPattern } from './shapes.ts';

export type PingStatus = 'Online' | 'ConnectionLost';

export interface NodeFilter {
  readonly key: string;
  readonly values: readonly string[];
}

export type NodeTest = (node: ManagedNode) => boolean;

interface Attribute {
  readonly of: (node: ManagedNode, pingStatus: (node: ManagedNode) => PingStatus) => string | undefined;
  readonly allowed?: RegExp;
  readonly refusal?: 'InvalidInstanceId';
  readonly single?: true;
}

const attributes = {
  ActivationIds: { of: (node) => node.activationId, allowed: activationIdPattern },
  AgentVersion: { of: (node) => node.report.AgentVersion },
  AssociationStatus: { of: () => undefined, allowed: /^(Success|Pending|Failed)$/ },
  IamRole: { of: (node) => node.iamRole },
  InstanceIds: {
    of: (node) => node.id,
    allowed: /(^i-(\w{8}|\w{17})$)|(^mi-\w{17}$)/,
    refusal: 'InvalidInstanceId',
  },
  PingStatus: {
    of: (node, pingStatus) => pingStatus(node),
    allowed: /^(Online|ConnectionLost|Inactive)$/,
  },
  PlatformTypes: { of: (node) => node.report.PlatformType, allowed: /^(Windows|Linux|MacOS)$/ },
  ResourceType: { of: () => 'ManagedInstance', allowed: /^(EC2Instance|ManagedInstance)$/, single: true },
  SourceIds: { of: (node) => node.id },
  SourceTypes: {
    of: () => 'AWS::SSM::ManagedInstance',
    allowed: /^AWS::(EC2::Instance|IoT::Thing|SSM::ManagedInstance)$/,
  },
} as const satisfies Record<string, Attribute>;

function attributeTest(
  { key, values }: NodeFilter,
  attribute: Attribute,
  pingStatus: (node: ManagedNode) => PingStatus,
): NodeTest {
  const { allowed, single, refusal = 'InvalidInstanceInformationFilterValue' } = attribute;
  const stranger = values.find((value) => allowed && !allowed.test(value));
  if (stranger !== undefined) throw new AwsError(refusal, `'${stranger}' is not a value of ${key}.`);
  if (single && values.length > 1)
    throw new AwsError('InvalidInstanceInformationFilterValue', `${key} filter may contain only one value.`);
  const wanted = new Set(values);
  return (node) => wanted.has(attribute.of(node, pingStatus) ?? '');
}

function tagTest({ key, values }: NodeFilter): NodeTest {
  const wanted = new Set(values);
  if (key === 'tag-key') return (node) => node.tags.some((tag) => wanted.has(tag.Key));
  const tagKey = key.slice('tag:'.length);
  return (node) => node.tags.some((tag) => tag.Key === tagKey && wanted.has(tag.Value));
}

const isTagFilter = ({ key }: NodeFilter) => key === 'tag-key' || /^tag:./.test(key);
const isAttribute = (key: string): key is keyof typeof attributes => Object.hasOwn(attributes, key);

/** Throws AWS's error for a filter it would refuse. `pingStatus` tells a node's status at the time of the call. */
export function nodeTest(
  filters: readonly NodeFilter[],
  pingStatus: (node: ManagedNode) => PingStatus,
): NodeTest {
  const tests = filters.map((filter): NodeTest => {
    if (isTagFilter(filter)) return tagTest(filter);
    if (!isAttribute(filter.key)) throw new AwsError('InvalidFilterKey', `No such filter: ${filter.key}`);
    return attributeTest(filter, attributes[filter.key], pingStatus);
  });
  const tagFilters = filters.filter(isTagFilter).length;
  if (tagFilters > 0 && tagFilters < filters.length)
    throw new AwsError('ValidationException', 'Cannot mix tag or inventory filter with any other filter.');
  return (node) => tests.every((test) => test(node));
}
