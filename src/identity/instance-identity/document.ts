import * as z from 'zod';

const text = z.string().nullish();
const productCodes = z.array(z.string()).nullish();

/**
 * The fields of an instance identity document, of any age since 2016. Those that a decision rests on are required and
 * checked; the rest are as AWS signed them. Fields not known here are dropped.
 * https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/instance-identity-documents.html
 */
export const documentSchema = z.object({
  accountId: z.string().regex(/^[0-9]{12}$/),
  instanceId: z.string().regex(/^i-([0-9a-f]{8}|[0-9a-f]{17})$/),
  region: z.string(),
  /** When the instance was last launched or started; whole seconds in UTC. */
  pendingTime: z.iso.datetime().transform((time) => new Date(time)),
  architecture: text,
  availabilityZone: text,
  billingProducts: productCodes,
  devpayProductCodes: productCodes,
  imageId: text,
  instanceType: text,
  kernelId: text,
  marketplaceProductCodes: productCodes,
  privateIp: text,
  ramdiskId: text,
  version: text,
});

export type InstanceIdentityDocument = z.output<typeof documentSchema>;

/** As much as is read of a document before its signature is: enough to choose the key that it must verify under. */
export const regionSchema = z.object({ region: z.string() });
