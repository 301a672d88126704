/** AWS partitions whose regions have a known instance identity certificate; none is published for the ISO ones. */
export type Partition = 'aws' | 'aws-cn' | 'aws-us-gov' | 'aws-eusc';

const REGION = /^[a-z]{2,4}(-[a-z]+){1,2}-[1-9][0-9]?$/;

/** The partition of a region name such as `us-gov-west-1`; undefined if it is none, or of a partition not known here. */
export const partitionOf = (region: string): Partition | undefined => {
  if (!REGION.test(region) || /^[a-z]+-iso[a-z]?-/.test(region)) return undefined;
  if (region.startsWith('cn-')) return 'aws-cn';
  if (region.startsWith('us-gov-')) return 'aws-us-gov';
  return region.startsWith('eusc-') ? 'aws-eusc' : 'aws';
};
