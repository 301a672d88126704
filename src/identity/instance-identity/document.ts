import * as z from 'zod';

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
  architecture: z.string().nullish(),
  availabilityZone: z.string().nullish(),
  billingProducts: productCodes,
  devpayProductCodes: productCodes,
  imageId: z.string().nullish(),
  instanceType: z.string().nullish(),
  kernelId: z.string().nullish(),
  marketplaceProductCodes: productCodes,
  privateIp: z.string().nullish(),
  ramdiskId: z.string().nullish(),
  version: z.string().nullish(),
});

export type InstanceIdentityDocument = z.output<typeof documentSchema>;

/** As much as is read of a document before its signature is: enough to choose the key that it must verify under. */
export const regionSchema = z.object({ region: z.string() });
