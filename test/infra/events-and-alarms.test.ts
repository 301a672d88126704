import { Match } from 'aws-cdk-lib/assertions';
import { describe, expect, it } from 'vitest';
import {
  memberTemplate,
  PRIVATE_WITH_NEW_ENDPOINT,
  PUBLIC,
  PUBLIC_WITH_EVERYTHING,
  serviceTemplate,
} from './synthesis.ts';

const RULE = 'AWS::Events::Rule';
const QUEUE = { 'Fn::GetAtt': [Match.stringLikeRegexp('^NodeEventsQueue'), 'Arn'] };
const DEAD_LETTERS = { 'Fn::GetAtt': [Match.stringLikeRegexp('^NodeEventsDeadLetters'), 'Arn'] };

describe('the worker', () => {
  it.each([
    ['sweeps every minute', 'rate(1 minute)', '{"task":"sweep"}'],
    ['looks after the fleet every hour', 'rate(1 hour)', '{"task":"hourly"}'],
  ])('%s', (_what, ScheduleExpression, Input) => {
    serviceTemplate(PUBLIC).hasResourceProperties(RULE, {
      ScheduleExpression,
      Targets: [Match.objectLike({ Input, DeadLetterConfig: { Arn: DEAD_LETTERS } })],
    });
  });

  it.each([
    [
      'registrations and deregistrations',
      {
        source: ['aws.ssm'],
        'detail-type': ['SSM Managed Instance Registration', 'SSM Managed Instance Deregistration'],
      },
    ],
    [
      'the ends of instances',
      {
        source: ['aws.ec2'],
        'detail-type': ['EC2 Instance State-change Notification'],
        detail: { state: ['terminated'] },
      },
    ],
  ])('hears of %s, many at once, and what it cannot take is kept', (_what, EventPattern) => {
    const template = serviceTemplate(PUBLIC);

    template.hasResourceProperties(RULE, {
      EventPattern,
      Targets: [
        Match.objectLike({
          Arn: QUEUE,
          DeadLetterConfig: { Arn: DEAD_LETTERS },
          RetryPolicy: { MaximumEventAgeInSeconds: 7_200, MaximumRetryAttempts: 10 },
        }),
      ],
    });
    template.hasResourceProperties('AWS::Lambda::EventSourceMapping', {
      EventSourceArn: QUEUE,
      BatchSize: 100,
      FunctionResponseTypes: ['ReportBatchItemFailures'],
    });
    template.hasResourceProperties('AWS::SQS::Queue', {
      RedrivePolicy: { deadLetterTargetArn: DEAD_LETTERS, maxReceiveCount: 5 },
    });
    template.hasResourceProperties('AWS::Lambda::EventInvokeConfig', {
      MaximumRetryAttempts: 2,
      DestinationConfig: { OnFailure: { Destination: DEAD_LETTERS } },
    });
  });
});

describe('member accounts', () => {
  it('may send the ends of their instances to a bus, and nothing else', () => {
    const template = serviceTemplate(PUBLIC_WITH_EVERYTHING);

    template.hasResourceProperties('AWS::Events::EventBusPolicy', {
      Statement: Match.objectLike({
        Effect: 'Allow',
        Action: 'events:PutEvents',
        Principal: { AWS: [Match.anyValue(), Match.anyValue()] },
        Condition: {
          StringEquals: {
            'events:source': 'aws.ec2',
            'events:detail-type': 'EC2 Instance State-change Notification',
          },
        },
      }),
    });
    template.hasResourceProperties(RULE, {
      EventBusName: Match.anyValue(),
      EventPattern: Match.objectLike({ account: ['222233334444', '333344445555'] }),
    });
    template.hasOutput('MemberBusArn', {});
  });

  it('have no bus where there are none', () => {
    serviceTemplate(PUBLIC).resourceCountIs('AWS::Events::EventBus', 0);
  });

  it('send them by a small stack that may do this alone', () => {
    const bus = 'arn:aws:events:eu-west-1:111122223333:event-bus/Members';

    const template = memberTemplate(bus);

    template.hasResourceProperties(RULE, {
      EventPattern: {
        source: ['aws.ec2'],
        'detail-type': ['EC2 Instance State-change Notification'],
        detail: { state: ['terminated'] },
      },
      Targets: [Match.objectLike({ Arn: bus, RoleArn: Match.anyValue() })],
    });
    template.hasResourceProperties('AWS::IAM::Policy', {
      PolicyDocument: { Statement: [{ Effect: 'Allow', Action: 'events:PutEvents', Resource: bus }] },
    });
    expect(Object.keys(template.toJSON()['Resources'] ?? {})).toHaveLength(3);
  });
});

describe('the alarms', () => {
  it('tell a topic of errors, throttles, refusals, dead letters, a missing sweep and a large fleet', () => {
    const template = serviceTemplate({ ...PUBLIC, fleetQuota: '500' });

    const names = Object.keys(template.findResources('AWS::CloudWatch::Alarm')).map((id) =>
      id.replace(/^Alarms(.+)[0-9A-F]{8}$/, '$1'),
    );

    expect(names.toSorted()).toEqual([
      'ApiErrors',
      'ApiThrottles',
      'DeadLetters',
      'FleetNearQuota',
      'Refusals',
      'ServerErrors',
      'SweepNotRunning',
      'SystemsManagerRefuses',
      'WorkerErrors',
    ]);
    template.allResourcesProperties('AWS::CloudWatch::Alarm', {
      AlarmActions: [{ Ref: Match.stringLikeRegexp('^AlarmsTopic') }],
      AlarmDescription: Match.anyValue(),
    });
    template.hasResourceProperties('AWS::CloudWatch::Alarm', { MetricName: 'ManagedNodes', Threshold: 400 });
    template.hasResourceProperties('AWS::CloudWatch::Alarm', {
      MetricName: 'Sweeps',
      TreatMissingData: 'breaching',
    });
    template.resourceCountIs('AWS::CloudWatch::Dashboard', 1);
  });

  it('use a topic that is there already', () => {
    const alarmTopicArn = 'arn:aws:sns:eu-west-1:111122223333:ops';

    const template = serviceTemplate({ ...PUBLIC, alarmTopicArn });

    template.resourceCountIs('AWS::SNS::Topic', 0);
    template.allResourcesProperties('AWS::CloudWatch::Alarm', { AlarmActions: [alarmTopicArn] });
  });
});

it('a VPC endpoint that is made lets in the CIDRs that the context names', () => {
  const template = serviceTemplate(PRIVATE_WITH_NEW_ENDPOINT);

  template.hasResourceProperties('AWS::EC2::VPCEndpoint', {
    VpcEndpointType: 'Interface',
    PrivateDnsEnabled: false,
    SubnetIds: ['subnet-0123456789abcdef0', 'subnet-0123456789abcdef1'],
  });
  template.hasResourceProperties('AWS::EC2::SecurityGroup', {
    SecurityGroupIngress: [
      Match.objectLike({ CidrIp: '10.0.0.0/8', FromPort: 443, ToPort: 443 }),
      Match.objectLike({ CidrIpv6: 'fd00::/8', FromPort: 443, ToPort: 443 }),
    ],
  });
});
