import type { Template } from 'aws-cdk-lib/assertions';
import { describe, expect, it } from 'vitest';
import {
  memberTemplate,
  PRIVATE_WITH_NEW_ENDPOINT,
  PUBLIC,
  PUBLIC_WITH_EVERYTHING,
  serviceTemplate,
  UNKNOWN_REGION,
} from './synthesis.ts';

/** Names that are the same in every partition: of service principals (IAM user guide), of services of a VPC endpoint. */
const EVERYWHERE = [
  /"[a-z]+\.amazonaws\.com"/g,
  /"(?:(?:cn\.)?com|eu)\.amazonaws\.(?:[a-z0-9-]+\.execute-api)?"/g,
];

/** What of a template holds in one partition only. */
const partial = (template: Template): string[] => {
  const text = EVERYWHERE.reduce(
    (rest, name) => rest.replaceAll(name, ''),
    JSON.stringify(template.toJSON()),
  );
  return text.match(/arn:aws[^"]*|[^"]*amazonaws[^"]*/g) ?? [];
};

const CONTEXTS = {
  PUBLIC,
  PRIVATE_WITH_NEW_ENDPOINT,
  // Without the ARNs that the one who deploys gives.
  PUBLIC_WITH_KEY_AND_MEMBERS: {
    ...PUBLIC,
    wafRequestsPerFiveMinutes: '1000',
    customerManagedKey: PUBLIC_WITH_EVERYTHING.customerManagedKey,
    cloudWatchAgent: PUBLIC_WITH_EVERYTHING.cloudWatchAgent,
    memberAccounts: PUBLIC_WITH_EVERYTHING.memberAccounts,
  },
};

describe.each(['cn-north-1', 'us-gov-west-1', 'eusc-de-east-1', 'eu-west-1', UNKNOWN_REGION])(
  'in region "%s"',
  (region) => {
    it.each(Object.entries(CONTEXTS))(
      '%s names no partition, and no host of one partition only',
      (_name, context) => {
        expect(partial(serviceTemplate(context, region))).toEqual([]);
      },
    );
  },
);

it('a member account of China sends to the bus in China', () => {
  const bus = 'arn:aws-cn:events:cn-north-1:111122223333:event-bus/Members';

  expect(new Set(partial(memberTemplate(bus)))).toEqual(new Set([bus]));
});
