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
import { shareSsmBudget } from '../ssm-budget.ts';
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
      cloudWatchRole: configuration.apiGatewayLogsRole === 'create',
      cloudWatchRoleRemovalPolicy: RemovalPolicy.RETAIN,
      deployOptions: {
        stageName: STAGE,
        accessLogDestination: new LogGroupLogDestination(this.accessLogs),
        accessLogFormat: ACCESS_LOG,
        ...EXECUTION_LOG,
        throttlingRateLimit: configuration.requestsPerSecond,
        throttlingBurstLimit: configuration.requestsPerSecond * 2,
        methodOptions: mintingLimits(configuration),
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

/** What SSM cannot mint now is better told to wait by API Gateway than kept waiting in an instance of the function. */
const mintingLimits = (configuration: Configuration): Record<string, MethodDeploymentOptions> => {
  const limits = {
    ...EXECUTION_LOG,
    throttlingRateLimit: shareSsmBudget(configuration).activations,
    throttlingBurstLimit: configuration.apiConcurrency,
  };
  return { '/activate/GET': limits, '/activate/POST': limits };
};
