import { Aws } from 'aws-cdk-lib';
import {
  BasePathMapping,
  DomainName,
  EndpointType,
  type RestApi,
  SecurityPolicy,
} from 'aws-cdk-lib/aws-apigateway';
import { Certificate } from 'aws-cdk-lib/aws-certificatemanager';
import { ARecord, HostedZone, RecordTarget } from 'aws-cdk-lib/aws-route53';
import { ApiGatewayDomain } from 'aws-cdk-lib/aws-route53-targets';
import { CfnWebACL, CfnWebACLAssociation } from 'aws-cdk-lib/aws-wafv2';
import type { Construct } from 'constructs';
import type { PublicConfiguration } from '../configuration.ts';
import { STAGE } from './exposure.ts';

/** Turns away an address that asks more often than so many times in five minutes. */
export const addRateRule = (scope: Construct, api: RestApi, requestsPerFiveMinutes: number): void => {
  const visibility = (metricName: string) => ({
    cloudWatchMetricsEnabled: true,
    sampledRequestsEnabled: false,
    metricName,
  });
  const acl = new CfnWebACL(scope, 'RateAcl', {
    scope: 'REGIONAL',
    defaultAction: { allow: {} },
    visibilityConfig: visibility('SsmActivationApi'),
    rules: [
      {
        name: 'RateByAddress',
        priority: 0,
        action: { block: {} },
        statement: {
          rateBasedStatement: {
            limit: requestsPerFiveMinutes,
            evaluationWindowSec: 300,
            aggregateKeyType: 'IP',
          },
        },
        visibilityConfig: visibility('RateByAddress'),
      },
    ],
  });
  new CfnWebACLAssociation(scope, 'RateAclAssociation', {
    resourceArn: api.deploymentStage.stageArn,
    webAclArn: acl.attrArn,
  });
};

/** A name of one's own, under which the paths are the same: `https://NAME/latest/activate`. Answers its URL. */
export const addDomain = (
  scope: Construct,
  api: RestApi,
  { domainName, certificateArn, hostedZoneId, hostedZoneName }: PublicConfiguration,
): string | undefined => {
  if (!domainName || !certificateArn) return undefined;
  const domain = new DomainName(scope, 'Domain', {
    domainName,
    certificate: Certificate.fromCertificateArn(scope, 'Certificate', certificateArn),
    endpointType: EndpointType.REGIONAL,
    securityPolicy: SecurityPolicy.TLS_1_2,
  });
  new BasePathMapping(scope, 'DomainPath', {
    domainName: domain,
    restApi: api,
    basePath: STAGE,
    stage: api.deploymentStage,
  });
  if (hostedZoneId && hostedZoneName) {
    const zone = HostedZone.fromHostedZoneAttributes(scope, 'Zone', {
      hostedZoneId,
      zoneName: hostedZoneName,
    });
    const target = RecordTarget.fromAlias(new ApiGatewayDomain(domain));
    new ARecord(scope, 'DomainRecord', { zone, recordName: `${domainName}.`, target });
  }
  return `https://${domainName}/${STAGE}`;
};

/** Where the API is reached without a domain of its own. */
export const executeApiUrl = (api: RestApi, vpcEndpointId?: string): string => {
  const host = vpcEndpointId ? `${api.restApiId}-${vpcEndpointId}` : api.restApiId;
  return `https://${host}.execute-api.${Aws.REGION}.${Aws.URL_SUFFIX}/${STAGE}`;
};
