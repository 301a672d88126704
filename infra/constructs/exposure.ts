import { Aws, Fn, Stack } from 'aws-cdk-lib';
import { type EndpointConfiguration, EndpointType } from 'aws-cdk-lib/aws-apigateway';
import {
  InterfaceVpcEndpoint,
  InterfaceVpcEndpointAwsService,
  Peer,
  Port,
  SecurityGroup,
  Subnet,
  Vpc,
} from 'aws-cdk-lib/aws-ec2';
import { AnyPrincipal, Effect, PolicyDocument, PolicyStatement } from 'aws-cdk-lib/aws-iam';
import type { Construct } from 'constructs';
import type { Configuration, PrivateConfiguration } from '../configuration.ts';
import { ROUTES } from '../routes.ts';

export const STAGE = 'latest';

/** From where the API can be reached at all. */
export interface Exposure {
  readonly endpoint: EndpointConfiguration;
  readonly resourcePolicy: PolicyDocument;
  /** The VPC endpoints that a private API is reached through. */
  readonly vpcEndpointIds: readonly string[];
}

export const createExposure = (scope: Construct, configuration: Configuration): Exposure => {
  if (configuration.exposure === 'public') {
    return {
      endpoint: { types: [EndpointType.REGIONAL] },
      resourcePolicy: resourcePolicy({ NotIpAddress: { 'aws:SourceIp': configuration.allowedCidrs } }),
      vpcEndpointIds: [],
    };
  }
  const vpcEndpointIds = configuration.vpcEndpointIds ?? [createVpcEndpoint(scope, configuration)];
  const vpcEndpoints = vpcEndpointIds.map((vpcEndpointId, index) =>
    InterfaceVpcEndpoint.fromInterfaceVpcEndpointAttributes(scope, `VpcEndpoint${index + 1}`, {
      vpcEndpointId,
      port: 443,
    }),
  );
  return {
    endpoint: { types: [EndpointType.PRIVATE], vpcEndpoints },
    resourcePolicy: resourcePolicy({ StringNotEquals: { 'aws:SourceVpce': vpcEndpointIds } }),
    vpcEndpointIds,
  };
};

/**
 * Lets machines in without credentials, and no one from elsewhere. It says nothing of operators' routes: within an
 * account an allowance here would stand in for one by IAM ("How API Gateway resource policies affect authorization
 * workflow", table A), and every principal of the account would be an operator.
 */
const resourcePolicy = (elsewhere: Record<string, Record<string, readonly string[]>>): PolicyDocument => {
  const open = ROUTES.filter(({ caller }) => caller !== 'operator');
  const principals = [new AnyPrincipal()];
  const actions = ['execute-api:Invoke'];
  return new PolicyDocument({
    statements: [
      new PolicyStatement({
        effect: Effect.ALLOW,
        principals,
        actions,
        resources: open.map(({ method, path }) => `execute-api:/${STAGE}/${method}${path}`),
      }),
      new PolicyStatement({
        effect: Effect.DENY,
        principals,
        actions,
        resources: ['execute-api:/*'],
        conditions: elsewhere,
      }),
    ],
  });
};

const createVpcEndpoint = (scope: Construct, configuration: PrivateConfiguration): string => {
  const { vpcId = '', subnetIds = [], allowedCidrs = [], privateDns } = configuration;
  const vpc = Vpc.fromVpcAttributes(scope, 'Vpc', { vpcId, availabilityZones: Fn.getAzs() });
  const description = 'Who may reach the activation API';
  const securityGroup = new SecurityGroup(scope, 'VpcEndpointAccess', {
    vpc,
    description,
    allowAllOutbound: false,
  });
  for (const cidr of allowedCidrs) {
    const peer = cidr.includes(':') ? Peer.ipv6(cidr) : Peer.ipv4(cidr);
    securityGroup.addIngressRule(peer, Port.HTTPS, description);
  }
  const endpoint = new InterfaceVpcEndpoint(scope, 'VpcEndpoint', {
    vpc,
    service: InterfaceVpcEndpointAwsService.APIGATEWAY,
    subnets: { subnets: subnetIds.map((id, index) => Subnet.fromSubnetId(scope, `Subnet${index + 1}`, id)) },
    securityGroups: [securityGroup],
    privateDnsEnabled: privateDns,
    open: false,
  });
  endpoint.addToPolicy(
    new PolicyStatement({
      principals: [new AnyPrincipal()],
      actions: ['execute-api:Invoke'],
      resources: [Stack.of(scope).formatArn({ service: 'execute-api', resource: '*' })],
      conditions: { StringEquals: { 'aws:ResourceAccount': Aws.ACCOUNT_ID } },
    }),
  );
  return endpoint.vpcEndpointId;
};
