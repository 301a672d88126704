import * as z from 'zod';
import { Cidr } from '../src/policy/cidr.ts';
import {
  AccountId,
  arnOf,
  Flag,
  listOf,
  StackName,
  SubnetId,
  VpcEndpointId,
  VpcId,
  Whole,
} from './context-values.ts';

/** The retention periods that CloudWatch Logs knows, in days. */
const RETENTION_DAYS = [1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 3653];

export const SERVICE_STACK = 'SsmActivation';
export const MEMBER_STACK = 'SsmActivationMember';

const Shared = z.strictObject({
  stackName: StackName.default(SERVICE_STACK),
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
  requestsPerSecond: Whole.min(1).max(10_000).default(500),
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

export const Private = Shared.extend({
  exposure: z.literal('private'),
  vpcEndpointIds: listOf(VpcEndpointId).optional(),
  vpcId: VpcId.optional(),
  subnetIds: listOf(SubnetId).optional(),
  allowedCidrs: listOf(Cidr).optional(),
  privateDns: Flag.default(false),
});

export const Public = Shared.extend({
  exposure: z.literal('public'),
  allowedCidrs: listOf(Cidr),
  wafRequestsPerFiveMinutes: z
    .union([z.literal('off'), Whole.min(10).max(2_000_000_000)], {
      error: 'must be off, or a whole number from 10 to 2000000000',
    })
    .default(10_000),
  domainName: z.string().min(1).optional(),
  certificateArn: arnOf('acm').optional(),
  hostedZoneId: z.string().min(1).optional(),
  hostedZoneName: z.string().min(1).optional(),
});

/** An exposure that nobody chose needs nothing that is known, and may have what either takes: all else is judged. */
export const Undecided = z.strictObject({
  ...Private.partial().shape,
  ...Public.partial().shape,
  ...Shared.shape,
  exposure: z.never({ error: 'choose private (through a VPC endpoint) or public (from a list of CIDRs)' }),
});

/** An account whose instances the service names. */
export const Member = z.strictObject({
  stackName: StackName.default(MEMBER_STACK),
  eventBusArn: arnOf('events'),
});

export const SERVICE_KEYS: readonly string[] = [
  ...new Set([Private, Public].flatMap(({ shape }) => Object.keys(shape))),
];

/** Every key that there is. */
export const CONTEXT_KEYS: readonly string[] = [...new Set([...SERVICE_KEYS, ...Object.keys(Member.shape)])];
