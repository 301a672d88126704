import * as z from 'zod';
import { Cidr } from '../src/policy/cidr.ts';

/** `-c key=a,b` on the command line, a list in cdk.json. */
const listOf = <T extends z.ZodType>(item: T) =>
  z.preprocess(
    (given) => (typeof given === 'string' ? given.split(',').map((part) => part.trim()) : given),
    z.array(item).min(1),
  );
/** `-c key=true` on the command line, true in cdk.json. */
const Flag = z.preprocess(
  (given) => (given === 'true' ? true : given === 'false' ? false : given),
  z.boolean(),
);
const Whole = z.coerce.number().int();

const id = (kind: string) => new RegExp(`^${kind}-[0-9a-f]{8,17}$`);
const VpcEndpointId = z
  .string()
  .regex(id('vpce'), 'must be a VPC endpoint id such as vpce-0123456789abcdef0');
const VpcId = z.string().regex(id('vpc'), 'must be a VPC id such as vpc-0123456789abcdef0');
const SubnetId = z.string().regex(id('subnet'), 'must be a subnet id such as subnet-0123456789abcdef0');
const AccountId = z.string().regex(/^\d{12}$/, 'must be an account id of 12 digits');
const arnOf = (service: string) =>
  z.string().regex(new RegExp(`^arn:aws[a-z-]*:${service}:`), `must be an ARN of ${service}`);

/** The retention periods that CloudWatch Logs knows, in days. */
const RETENTION_DAYS = [1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 3653];

const Shared = z.strictObject({
  policyFile: z.string('name the policy file: infra/policy.example.json shows one'),
  activationLifetimeMinutes: Whole.min(1).max(1_440).optional(),
  architecture: z.enum(['arm64', 'x86_64']).default('arm64'),
  customerManagedKey: Flag.default(false),
  ledger: z.enum(['protected', 'removable']).default('protected'),
  restoredTable: z
    .string()
    .regex(/^[\w.-]{3,255}$/, 'must be the name of a table of the same account and region')
    .optional(),
  ssmCallsPerSecond: z.coerce.number().positive().default(5),
  apiConcurrency: Whole.min(1).max(1_000).default(8),
  reserveConcurrency: Flag.default(true),
  requestsPerSecond: Whole.min(1).max(10_000).default(50),
  cloudWatchAgent: Flag.default(false),
  nodeManagedPolicies: listOf(z.string().min(1)).default([]),
  memberAccounts: listOf(AccountId).default([]),
  fleetQuota: Whole.min(1).default(10_000),
  alarmTopicArn: arnOf('sns').optional(),
  logRetentionDays: Whole.refine((days) => RETENTION_DAYS.includes(days), {
    error: `must be one of ${RETENTION_DAYS.join(', ')}`,
  }).default(365),
  apiGatewayLogsRole: z.enum(['create', 'existing']).default('create'),
});

const Private = Shared.extend({
  exposure: z.literal('private'),
  vpcEndpointIds: listOf(VpcEndpointId).optional(),
  vpcId: VpcId.optional(),
  subnetIds: listOf(SubnetId).optional(),
  allowedCidrs: listOf(Cidr).optional(),
  privateDns: Flag.default(false),
});

const Public = Shared.extend({
  exposure: z.literal('public'),
  allowedCidrs: listOf(Cidr),
  wafRequestsPerFiveMinutes: Whole.min(10).max(2_000_000_000).optional(),
  domainName: z.string().min(1).optional(),
  certificateArn: arnOf('acm').optional(),
  hostedZoneId: z.string().min(1).optional(),
  hostedZoneName: z.string().min(1).optional(),
});

const Service = z
  .discriminatedUnion('exposure', [Private, Public], {
    error: 'choose private (through a VPC endpoint) or public (from a list of CIDRs)',
  })
  .superRefine((given, { addIssue }) => {
    const report = (key: string, message: string) => addIssue({ code: 'custom', path: [key], message });
    if (given.exposure === 'public') {
      if (given.domainName && !given.certificateArn) report('certificateArn', 'domainName needs one');
      if (!given.hostedZoneId !== !given.hostedZoneName) report('hostedZoneId', 'goes with hostedZoneName');
      if (!given.domainName && (given.certificateArn || given.hostedZoneId)) {
        report('domainName', 'certificateArn and hostedZoneId are for one');
      }
      return;
    }
    const { vpcEndpointIds, vpcId, subnetIds, allowedCidrs } = given;
    if (vpcEndpointIds && (vpcId || subnetIds || allowedCidrs)) {
      report('vpcEndpointIds', 'is instead of vpcId, subnetIds and allowedCidrs: an endpoint has its own');
    }
    if (!vpcEndpointIds) {
      const needed = 'is needed to make a VPC endpoint; or name existing ones in vpcEndpointIds';
      if (!vpcId) report('vpcId', needed);
      if (!subnetIds) report('subnetIds', needed);
      if (!allowedCidrs) report('allowedCidrs', needed);
    }
  });

/** What is deployed; README.md says what each key means. */
export type Configuration = z.infer<typeof Service>;
export type PrivateConfiguration = Extract<Configuration, { exposure: 'private' }>;
export type PublicConfiguration = Extract<Configuration, { exposure: 'public' }>;

const Member = z.strictObject({ eventBusArn: arnOf('events') });
export type MemberConfiguration = z.infer<typeof Member>;

/** Every key that there is. */
export const CONTEXT_KEYS: readonly string[] = [
  ...new Set([Private, Public, Member].flatMap(({ shape }) => Object.keys(shape))),
];

/** Keys of the CDK's own have a colon, a hyphen or an @ in them; all others are this app's. */
const OWN_KEY = /^[A-Za-z]+$/;

/**
 * The CDK context as configuration: the service's, or a member account's when `eventBusArn` is given.
 * @throws Error that names every problem
 */
export const readConfiguration = (
  context: Readonly<Record<string, unknown>>,
): { readonly service: Configuration } | { readonly member: MemberConfiguration } => {
  const own = Object.fromEntries(Object.entries(context).filter(([key]) => OWN_KEY.test(key)));
  return own['eventBusArn'] === undefined ? { service: parse(Service, own) } : { member: parse(Member, own) };
};

const parse = <T extends z.ZodType>(schema: T, given: unknown): z.infer<T> => {
  const parsed = schema.safeParse(given);
  if (parsed.success) return parsed.data;
  const problems = parsed.error.issues.map(
    ({ path, message }) => `  ${path.join('.') || 'context'}: ${message}`,
  );
  throw new Error(`The context is not valid (infra/README.md lists its keys):\n${problems.join('\n')}`);
};
