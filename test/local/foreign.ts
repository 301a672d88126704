import type { DescribedActivation, DescribedNode } from '../../src/local/aws/foreign.ts';

/** 21 November 2026, 10:00 UTC: when the tests' clock starts. */
const START = 1_795_255_200;

/** The nodes of others that an account's listing may hold: no activation let any of them in. */
export const FOREIGN_NODES: readonly DescribedNode[] = [
  {
    InstanceId: 'i-0123456789abcdef0',
    PingStatus: 'Online',
    LastPingDateTime: START,
    AgentVersion: '3.3.40.0',
    PlatformType: 'Linux',
    ResourceType: 'EC2Instance',
    SourceId: 'i-0123456789abcdef0',
    SourceType: 'AWS::EC2::Instance',
  },
  {
    InstanceId: 'i-0123abcd',
    PingStatus: 'ConnectionLost',
    LastPingDateTime: 0,
    ResourceType: 'EC2Instance',
  },
  { InstanceId: 'eks_c:fleet_node-1_0a1b2c3d', PingStatus: 'Online', ResourceType: 'ManagedInstance' },
  {
    InstanceId: 'azure/5f0c1e7a-vm-7',
    Name: 'host-1',
    PingStatus: 'ConnectionLost',
    // What a date that was never set looks like: the first moment of the year 1.
    RegistrationDate: -62_135_596_800,
    LastPingDateTime: -62_135_596_800,
    ResourceType: 'ManagedInstance',
  },
  // Of the form of this service's nodes, and let in by something else than an activation.
  { InstanceId: 'mi-0aaaaaaaaaaaaaaaa', PingStatus: 'Online', ResourceType: 'ManagedInstance' },
  {
    InstanceId: 'mi-0bbbbbbbbbbbbbbbb',
    Name: 'host-1',
    ActivationId: '',
    PingStatus: 'ConnectionLost',
    LastPingDateTime: 0,
    ResourceType: 'ManagedInstance',
  },
  {
    InstanceId: 'mi-0cccccccccccccccc',
    Name: 'host-1',
    ActivationId: 'cloud-connector',
    PingStatus: 'Degraded',
    ResourceType: 'ManagedInstance',
  },
  { InstanceId: 'MI-0DDDDDDDDDDDDDDDD', Name: '', PingStatus: 'Inactive', ResourceType: 'ManagedInstance' },
  { Name: 'host-1', ResourceType: 'ManagedInstance' },
  {},
];

const OUR_DESCRIPTION = 'ssm-activation-api attempt 00000000-0000-4000-8000-000000000000';

/** Activations that others made, or that have values of forms which none of this service's have. */
export const FOREIGN_ACTIVATIONS: readonly DescribedActivation[] = [
  {},
  { ActivationId: '', DefaultInstanceName: 'host-1' },
  { ActivationId: 'act-0123456789', DefaultInstanceName: 'host-1', Description: OUR_DESCRIPTION },
  { ActivationId: '47EC4069-20CC-4709-85A2-895AC895E2FD', DefaultInstanceName: 'host-1' },
  {
    ActivationId: '47ec4069-20cc-4709-85a2-895ac895e2fd',
    DefaultInstanceName: ' a name#with, what no name has ',
    Description: 'ssm-activation-api attempt none-of-ours-at-all-but-of-36-letters!',
    ExpirationDate: -62_135_596_800,
    CreatedDate: 253_402_300_799,
    RegistrationLimit: 0,
    RegistrationsCount: -1,
    Tags: [{}, { Key: '' }, { Key: '__proto__', Value: 'x' }, { Key: 'constructor' }, { Value: 'y' }],
  },
];
