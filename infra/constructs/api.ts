import { RemovalPolicy } from 'aws-cdk-lib';
import {
  AccessLogField,
  AccessLogFormat,
  AuthorizationType,
  LambdaIntegration,
  LogGroupLogDestination,
  type MethodDeploymentOptions,
  MethodLoggingLevel,
  RestApi,
} from 'aws-cdk-lib/aws-apigateway';
import type { IKey } from 'aws-cdk-lib/aws-kms';
import type { IFunction } from 'aws-cdk-lib/aws-lambda';
import { LogGroup, type LogGroupProps } from 'aws-cdk-lib/aws-logs';
import { Construct } from 'constructs';
import type { Configuration } from '../configuration.ts';
import { ROUTES, type Route } from '../routes.ts';
import { type Exposure, STAGE } from './exposure.ts';
import { addGatewayResponses } from './gateway-responses.ts';

export interface ApiOptions {
  readonly configuration: Configuration;
  readonly exposure: Exposure;
  readonly handler: IFunction;
  readonly key: IKey | undefined;
}

/** What is logged of a request: never a header, a query or a body, for proofs and secrets travel in these. */
const ACCESS_LOG = AccessLogFormat.custom(
  JSON.stringify({
    requestId: AccessLogField.contextRequestId(),
    time: AccessLogField.contextRequestTime(),
    sourceIp: AccessLogField.contextIdentitySourceIp(),
    method: AccessLogField.contextHttpMethod(),
    route: AccessLogField.contextResourcePath(),
    status: AccessLogField.contextStatus(),
    operator: AccessLogField.contextIdentityUserArn(),
    error: AccessLogField.contextErrorResponseType(),
    responseBytes: AccessLogField.contextResponseLength(),
    latencyMs: AccessLogField.contextResponseLatency(),
  }),
);

/** Errors only, and never what was sent or answered: proofs and activation codes. */
const EXECUTION_LOG = { loggingLevel: MethodLoggingLevel.ERROR, dataTraceEnabled: false };

/**
 * `readyz` asks the ledger and SSM: monitoring needs it a few times a second at most, and strangers not at all. Limits
 * are of one method each, so that nobody is turned away elsewhere.
 */
const PROBES: MethodDeploymentOptions = {
  ...EXECUTION_LOG,
  throttlingRateLimit: 5,
  throttlingBurstLimit: 10,
};

/** The REST API: each route by itself, with the authoriser that its callers need. */
export class Api extends Construct {
  readonly rest: RestApi;
  readonly accessLogs: LogGroup;

  constructor(scope: Construct, { configuration, exposure, handler, key }: ApiOptions) {
    super(scope, 'Api');
    const logGroup: LogGroupProps = {
      retention: configuration.logRetentionDays,
      removalPolicy: RemovalPolicy.DESTROY,
      ...(key && { encryptionKey: key }),
    };
    this.accessLogs = new LogGroup(this, 'AccessLogs', logGroup);
    this.rest = new RestApi(this, 'Rest', {
      restApiName: 'ssm-activation-api',
      description: 'Single-use Systems Manager activations for machines that prove who they are',
      endpointConfiguration: exposure.endpoint,
      policy: exposure.resourcePolicy,
      // An account has one such role in a region; it stays, for other APIs may have come to rely on it.
      ...(configuration.apiGatewayLogsRole === 'create'
        ? { cloudWatchRole: true, cloudWatchRoleRemovalPolicy: RemovalPolicy.RETAIN }
        : { cloudWatchRole: false }),
      deployOptions: {
        stageName: STAGE,
        accessLogDestination: new LogGroupLogDestination(this.accessLogs),
        accessLogFormat: ACCESS_LOG,
        ...EXECUTION_LOG,
        // For a flood, and not for SSM's pace: the service refuses junk before it costs a call to SSM, and paces what
        // is left. A limit near SSM's own would be used up by the junk of one caller, and no machine would get in.
        throttlingRateLimit: configuration.requestsPerSecond,
        throttlingBurstLimit: configuration.requestsPerSecond * 2,
        methodOptions: { '/readyz/GET': PROBES },
      },
    });
    // API Gateway would make it itself, and keep it for ever.
    const executionLogs = new LogGroup(this, 'ExecutionLogs', {
      ...logGroup,
      logGroupName: `API-Gateway-Execution-Logs_${this.rest.restApiId}/${STAGE}`,
    });
    this.rest.deploymentStage.node.addDependency(executionLogs);
    const integration = new LambdaIntegration(handler, { allowTestInvoke: false });
    for (const route of ROUTES) {
      this.rest.root.resourceForPath(route.path).addMethod(route.method, integration, {
        authorizationType: authorizationOf(route),
      });
    }
    addGatewayResponses(this.rest);
  }

  /** The ARN of a route on the stage; path parameters stand for anything. */
  arnOf({ method, path }: Route): string {
    return this.rest.arnForExecuteApi(method, path.replaceAll(/\{\w+\}/g, '*'), STAGE);
  }
}

const authorizationOf = ({ caller }: Route): AuthorizationType =>
  caller === 'operator' ? AuthorizationType.IAM : AuthorizationType.NONE;
