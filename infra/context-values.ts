import * as z from 'zod';

/** `-c key=a,b` on the command line, a list in cdk.json. */
export const listOf = <T extends z.ZodType>(item: T) =>
  z.preprocess(
    (given) => (typeof given === 'string' ? given.split(',').map((part) => part.trim()) : given),
    z.array(item).min(1),
  );
/** `-c key=true` on the command line, true in cdk.json. */
export const Flag = z.preprocess(
  (given) => (given === 'true' ? true : given === 'false' ? false : given),
  z.boolean(),
);
export const Whole = z.coerce.number().int();

const id = (kind: string) => new RegExp(`^${kind}-[0-9a-f]{8,17}$`);
export const VpcEndpointId = z
  .string()
  .regex(id('vpce'), 'must be a VPC endpoint id such as vpce-0123456789abcdef0');
export const VpcId = z.string().regex(id('vpc'), 'must be a VPC id such as vpc-0123456789abcdef0');
export const SubnetId = z
  .string()
  .regex(id('subnet'), 'must be a subnet id such as subnet-0123456789abcdef0');
export const AccountId = z.string().regex(/^\d{12}$/, 'must be an account id of 12 digits');
export const arnOf = (service: string) =>
  z.string().regex(new RegExp(`^arn:aws[a-z-]*:${service}:`), `must be an ARN of ${service}`);
/** As CloudFormation names stacks. */
export const StackName = z
  .string()
  .regex(/^[A-Za-z][A-Za-z0-9-]{0,127}$/, 'must be a letter, then letters, digits and hyphens, at most 128');
