/** The filters of DescribeInstanceInformation. Filters are all to hold; of one filter's values, any. */
import { AwsError } from './errors.ts';
import type { DescribedNode } from './foreign.ts';
import type { Tag } from './records.ts';
import { activationIdPattern } from './shapes.ts';

export interface NodeFilter {
  readonly key: string;
  readonly values: readonly string[];
}

interface TaggedNode {
  readonly shown: DescribedNode;
  readonly tags: readonly Tag[];
}
export type NodeTest = (node: TaggedNode) => boolean;

interface Attribute {
  readonly of: (shown: DescribedNode) => string | undefined;
  readonly allowed?: RegExp;
  readonly refusal?: 'InvalidInstanceId';
  readonly single?: true;
}

const attributes = {
  ActivationIds: { of: (shown) => shown.ActivationId, allowed: activationIdPattern },
  AgentVersion: { of: (shown) => shown.AgentVersion },
  AssociationStatus: { of: () => undefined, allowed: /^(Success|Pending|Failed)$/ },
  IamRole: { of: (shown) => shown.IamRole },
  InstanceIds: {
    of: (shown) => shown.InstanceId,
    allowed: /(^i-(\w{8}|\w{17})$)|(^mi-\w{17}$)/,
    refusal: 'InvalidInstanceId',
  },
  PingStatus: { of: (shown) => shown.PingStatus, allowed: /^(Online|ConnectionLost|Inactive)$/ },
  PlatformTypes: { of: (shown) => shown.PlatformType, allowed: /^(Windows|Linux|MacOS)$/ },
  ResourceType: {
    of: (shown) => shown.ResourceType,
    allowed: /^(EC2Instance|ManagedInstance)$/,
    single: true,
  },
  SourceIds: { of: (shown) => shown.SourceId },
  SourceTypes: {
    of: (shown) => shown.SourceType,
    allowed: /^AWS::(EC2::Instance|IoT::Thing|SSM::ManagedInstance)$/,
  },
} as const satisfies Record<string, Attribute>;

function attributeTest({ key, values }: NodeFilter, attribute: Attribute): NodeTest {
  const { allowed, single, refusal = 'InvalidInstanceInformationFilterValue' } = attribute;
  const stranger = values.find((value) => allowed && !allowed.test(value));
  if (stranger !== undefined) throw new AwsError(refusal, `'${stranger}' is not a value of ${key}.`);
  if (single && values.length > 1)
    throw new AwsError('InvalidInstanceInformationFilterValue', `${key} filter may contain only one value.`);
  const wanted = new Set(values);
  return ({ shown }) => {
    const value = attribute.of(shown);
    return value !== undefined && wanted.has(value);
  };
}

function tagTest({ key, values }: NodeFilter): NodeTest {
  const wanted = new Set(values);
  if (key === 'tag-key') return (node) => node.tags.some((tag) => wanted.has(tag.Key));
  const tagKey = key.slice('tag:'.length);
  return (node) => node.tags.some((tag) => tag.Key === tagKey && wanted.has(tag.Value));
}

const isTagFilter = ({ key }: NodeFilter) => key === 'tag-key' || /^tag:./.test(key);
const isAttribute = (key: string): key is keyof typeof attributes => Object.hasOwn(attributes, key);

/** Throws AWS's error for a filter it would refuse. */
export function nodeTest(filters: readonly NodeFilter[]): NodeTest {
  const tests = filters.map((filter): NodeTest => {
    if (isTagFilter(filter)) return tagTest(filter);
    if (!isAttribute(filter.key)) throw new AwsError('InvalidFilterKey', `No such filter: ${filter.key}`);
    return attributeTest(filter, attributes[filter.key]);
  });
  const tagFilters = filters.filter(isTagFilter).length;
  if (tagFilters > 0 && tagFilters < filters.length)
    throw new AwsError('ValidationException', 'Cannot mix tag or inventory filter with any other filter.');
  return (node) => tests.every((test) => test(node));
}
