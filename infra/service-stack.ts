import { CfnOutput, Stack, type StackProps } from 'aws-cdk-lib';
import type { Construct } from 'constructs';
import type { FunctionBundles } from '../build.ts';
import { acknowledgeFindings } from './acknowledgements.ts';
import type { Configuration } from './configuration.ts';
import { AccessPolicies } from './constructs/access-policies.ts';
import { Alarms } from './constructs/alarms.ts';
import { Api } from './constructs/api.ts';
import { createDashboard } from './constructs/dashboard.ts';
import { createEncryptionKey } from './constructs/encryption-key.ts';
import { createExposure } from './constructs/exposure.ts';
import { Functions } from './constructs/functions.ts';
import { createLedger } from './constructs/ledger-table.ts';
import { NodeEvents } from './constructs/node-events.ts';
import { createNodeRole } from './constructs/node-role.ts';
import { addDomain, addRateRule, executeApiUrl } from './constructs/public-front.ts';
import { ServiceMetrics } from './constructs/service-metrics.ts';

export interface ServiceStackProps extends StackProps {
  readonly configuration: Configuration;
  readonly bundles: FunctionBundles;
  /** The policy that is shipped with the API function, as JSON. */
  readonly policy: string;
}

/** The whole service in one account and region. */
export class ServiceStack extends Stack {
  constructor(scope: Construct, id: string, { configuration, bundles, policy, ...props }: ServiceStackProps) {
    super(scope, id, { description: 'ssm-activation-api', ...props });
    const key = configuration.customerManagedKey ? createEncryptionKey(this) : undefined;
    const ledger = createLedger(this, configuration, key);
    const nodeRole = createNodeRole(this, configuration);
    const functions = new Functions(this, { configuration, bundles, policy, ledger, nodeRole, key });
    const exposure = createExposure(this, configuration);
    const api = new Api(this, { configuration, exposure, handler: functions.api, key });
    const { memberAccounts } = configuration;
    const { deadLetters, memberBus } = new NodeEvents(this, { worker: functions.worker, memberAccounts });
    const metrics = new ServiceMetrics(
      this,
      api.accessLogs,
      functions.api.logGroup,
      functions.worker.logGroup,
    );
    const alarms = new Alarms(this, { configuration, api: api.rest, functions, deadLetters, metrics, key });
    createDashboard(this, { api: api.rest, functions, metrics, alarms });
    const accessPolicies = new AccessPolicies(this, api);
    acknowledgeFindings({ api, functions, nodeRole, deadLetters, alarms, accessPolicies });

    let url = executeApiUrl(api.rest, exposure.vpcEndpointIds[0]);
    if (configuration.exposure === 'public') {
      const { wafRequestsPerFiveMinutes } = configuration;
      if (wafRequestsPerFiveMinutes !== 'off') addRateRule(this, api.rest, wafRequestsPerFiveMinutes);
      url = addDomain(this, api.rest, configuration) ?? url;
    }
    this.#output('Url', url);
    this.#output('AlarmTopicArn', alarms.topic.topicArn);
    this.#output('TableName', ledger.tableName);
    this.#output('NodeRoleName', nodeRole.roleName);
    this.#output('OperatorPolicyArn', accessPolicies.operator.managedPolicyArn);
    this.#output('ReaderPolicyArn', accessPolicies.reader.managedPolicyArn);
    this.#output('DevSessionsPolicyArn', accessPolicies.devSessions.managedPolicyArn);
    if (memberBus) this.#output('MemberBusArn', memberBus.eventBusArn);
  }

  #output(name: string, value: string): void {
    new CfnOutput(this, name, { value });
  }
}
