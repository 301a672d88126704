import { cpSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { AssetHashType, DockerImage, Duration, RemovalPolicy } from 'aws-cdk-lib';
import type { IRole } from 'aws-cdk-lib/aws-iam';
import type { IKey } from 'aws-cdk-lib/aws-kms';
import { Architecture, Code, Function as LambdaFunction, Runtime } from 'aws-cdk-lib/aws-lambda';
import { LogGroup } from 'aws-cdk-lib/aws-logs';
import { Construct } from 'constructs';
import type { FunctionBundles } from '../../build.ts';
import type { Configuration } from '../configuration.ts';
import { API_PERMISSIONS, type FunctionPermissions, WORKER_PERMISSIONS } from '../permissions.ts';
import { shareSsmBudget } from '../ssm-budget.ts';
import { STAGE } from './exposure.ts';
import { createFunctionRole } from './function-role.ts';
import type { Ledger } from './ledger-table.ts';
import { WORKER_CONCURRENCY } from './node-events.ts';

export interface FunctionsOptions {
  readonly configuration: Configuration;
  readonly bundles: FunctionBundles;
  /** The policy as it is shipped with the functions. */
  readonly policy: string;
  readonly ledger: Ledger;
  readonly nodeRole: IRole;
  readonly key: IKey | undefined;
}

/** API Gateway waits no longer for an answer. */
const API_TIMEOUT = Duration.seconds(29);
/** A sweep ends before the next begins. */
const WORKER_TIMEOUT = Duration.seconds(60);

interface FunctionOptions {
  readonly code: Code;
  readonly description: string;
  readonly permissions: FunctionPermissions;
  readonly environment: Readonly<Record<string, string>>;
  readonly concurrency: number;
  readonly timeout: Duration;
}

/** The API function, which answers machines and operators, and the worker, which does what is due. */
export class Functions extends Construct {
  readonly api: LambdaFunction;
  readonly worker: LambdaFunction;

  constructor(scope: Construct, options: FunctionsOptions) {
    super(scope, 'Functions');
    const { configuration, bundles, policy } = options;
    const budget = shareSsmBudget(configuration);
    const domainName = configuration.exposure === 'public' ? configuration.domainName : undefined;
    this.api = this.#function('Api', options, {
      code: withPolicy(bundles.api, policy),
      description: 'Mints activations and answers operators',
      permissions: API_PERMISSIONS,
      environment: {
        SSM_MAX_TPS: String(budget.api),
        // Without a name of its own, each request tells at which address the API is reached.
        ...(domainName !== undefined && { PUBLIC_URL: `https://${domainName}/${STAGE}` }),
      },
      concurrency: configuration.apiConcurrency,
      timeout: API_TIMEOUT,
    });
    this.worker = this.#function('Worker', options, {
      code: withPolicy(bundles.worker, policy),
      description: 'Links nodes, applies tags and cleans up, every minute and when SSM or EC2 reports',
      permissions: WORKER_PERMISSIONS,
      environment: { SSM_MAX_TPS: String(budget.worker) },
      concurrency: WORKER_CONCURRENCY,
      timeout: WORKER_TIMEOUT,
    });
  }

  #function(
    id: string,
    { configuration, ledger, nodeRole, key }: FunctionsOptions,
    { code, description, permissions, environment, concurrency, timeout }: FunctionOptions,
  ): LambdaFunction {
    const logGroup = new LogGroup(this, `${id}Logs`, {
      retention: configuration.logRetentionDays,
      removalPolicy: RemovalPolicy.DESTROY,
      ...(key && { encryptionKey: key }),
    });
    return new LambdaFunction(this, id, {
      description,
      code,
      handler: 'index.handler',
      runtime: Runtime.NODEJS_24_X,
      architecture: configuration.architecture === 'arm64' ? Architecture.ARM_64 : Architecture.X86_64,
      // One vCPU's worth of start-up is what a booting machine waits for.
      memorySize: 1_024,
      timeout,
      role: createFunctionRole(this, `${id}Role`, { permissions, ledger, nodeRole, logGroup, key }),
      logGroup,
      environment: {
        POLICY_FILE: '/var/task/policy.json',
        TABLE_NAME: ledger.tableName,
        NODE_ROLE: nodeRole.roleName,
        ...environment,
      },
      ...(configuration.reserveConcurrency && { reservedConcurrentExecutions: concurrency }),
    });
  }
}

/** The bundle with the policy beside it; nothing is run in Docker. */
const withPolicy = (bundle: string, policy: string): Code =>
  Code.fromAsset(bundle, {
    assetHashType: AssetHashType.OUTPUT,
    bundling: {
      image: DockerImage.fromRegistry('not-used'),
      local: {
        tryBundle: (directory) => {
          cpSync(bundle, directory, { recursive: true });
          writeFileSync(join(directory, 'policy.json'), policy);
          return true;
        },
      },
    },
  });
