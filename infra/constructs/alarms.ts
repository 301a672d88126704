import { Aws, Duration } from 'aws-cdk-lib';
import type { RestApi } from 'aws-cdk-lib/aws-apigateway';
import { Alarm, ComparisonOperator, type IMetric, Stats, TreatMissingData } from 'aws-cdk-lib/aws-cloudwatch';
import { SnsAction } from 'aws-cdk-lib/aws-cloudwatch-actions';
import { PolicyStatement, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import type { IKey } from 'aws-cdk-lib/aws-kms';
import { type ITopic, Topic } from 'aws-cdk-lib/aws-sns';
import type { IQueue } from 'aws-cdk-lib/aws-sqs';
import { Construct } from 'constructs';
import type { Configuration } from '../configuration.ts';
import type { Functions } from './functions.ts';
import type { ServiceMetrics } from './service-metrics.ts';

export interface AlarmsOptions {
  readonly configuration: Pick<Configuration, 'alarmTopicArn' | 'fleetQuota'>;
  readonly api: RestApi;
  readonly functions: Functions;
  readonly deadLetters: IQueue;
  readonly metrics: ServiceMetrics;
  readonly key: IKey | undefined;
}

const FIVE_MINUTES = { period: Duration.minutes(5) };
const SUM = { ...FIVE_MINUTES, statistic: Stats.SUM };
/** So many machines turned away in five minutes are an attack or a policy that does not fit the fleet. */
const MANY_REFUSALS = 50;
const NEAR_QUOTA = 0.8;
const ALARMS = new ServicePrincipal('cloudwatch.amazonaws.com');
/** Alarms of other accounts speak as the same service. */
const OF_THIS_ACCOUNT = { StringEquals: { 'aws:SourceAccount': Aws.ACCOUNT_ID } };

/** What somebody should look at. Each alarm's description says what to do first. */
export class Alarms extends Construct {
  readonly all: Alarm[] = [];
  /** Where every alarm is told: one that is there already, or one of its own to subscribe to. */
  readonly topic: ITopic;

  constructor(scope: Construct, { configuration, api, functions, deadLetters, metrics, key }: AlarmsOptions) {
    super(scope, 'Alarms');
    const { alarmTopicArn, fleetQuota } = configuration;
    this.topic = alarmTopicArn ? Topic.fromTopicArn(this, 'Topic', alarmTopicArn) : this.#createTopic(key);

    this.#above(
      'ApiErrors',
      functions.api.metricErrors(FIVE_MINUTES),
      0,
      'The API function failed: read its log.',
    );
    this.#above(
      'WorkerErrors',
      functions.worker.metricErrors(FIVE_MINUTES),
      0,
      'The worker failed: read its log.',
    );
    this.#above(
      'ServerErrors',
      api.metricServerError(SUM),
      5,
      'Machines get 5xx: SSM throttles them, or the API function is busy or broken; its log tells which.',
    );
    // The worker's events wait in Lambda's own queue: only the API's callers are turned away.
    this.#above(
      'ApiThrottles',
      functions.api.metricThrottles(FIVE_MINUTES),
      0,
      'More machines ask than apiConcurrency instances serve: raise it, and ssmCallsPerSecond if SSM bears it.',
    );
    this.#above(
      'Refusals',
      metrics.refusals,
      MANY_REFUSALS,
      'Many machines are turned away: GET /events tells which and why.',
    );
    this.#above(
      'SystemsManagerRefuses',
      metrics.systemsManagerRefusals,
      0,
      'No machine gets in: the node role cannot be used, or SSM refuses the API function; its log has why.',
    );
    this.#above(
      'DeadLetters',
      deadLetters.metricApproximateNumberOfMessagesVisible({ ...FIVE_MINUTES, statistic: Stats.MAXIMUM }),
      0,
      'The worker could not take an event: read it in the dead-letter queue.',
    );
    this.#add('SweepNotRunning', metrics.sweeps, {
      threshold: 1,
      comparisonOperator: ComparisonOperator.LESS_THAN_THRESHOLD,
      evaluationPeriods: 3,
      treatMissingData: TreatMissingData.BREACHING,
      alarmDescription:
        'No sweep came to its end in 15 minutes: tags and clean-up wait. Read the log of the worker.',
    });
    this.#above(
      'FleetNearQuota',
      metrics.managedNodes,
      Math.floor(fleetQuota * NEAR_QUOTA),
      `The fleet has more than ${NEAR_QUOTA * 100} % of the ${fleetQuota} nodes that fleetQuota plans for.`,
    );
  }

  /** A topic with a policy of its own has no default one: whoever is to publish has to be named. */
  #createTopic(key: IKey | undefined): Topic {
    const topic = new Topic(this, 'Topic', { enforceSSL: true, ...(key && { masterKey: key }) });
    topic.addToResourcePolicy(
      new PolicyStatement({
        sid: 'AlarmsOfThisAccount',
        principals: [ALARMS],
        actions: ['sns:Publish'],
        resources: [topic.topicArn],
        conditions: OF_THIS_ACCOUNT,
      }),
    );
    // SNS encrypts in the publisher's name ("Key management" of the SNS developer guide).
    key?.addToResourcePolicy(
      new PolicyStatement({
        sid: 'AlarmsOfThisAccount',
        principals: [ALARMS],
        actions: ['kms:Decrypt', 'kms:GenerateDataKey*'],
        resources: ['*'],
        conditions: OF_THIS_ACCOUNT,
      }),
    );
    return topic;
  }

  #above(id: string, metric: IMetric, threshold: number, alarmDescription: string): void {
    this.#add(id, metric, {
      threshold,
      comparisonOperator: ComparisonOperator.GREATER_THAN_THRESHOLD,
      evaluationPeriods: 1,
      treatMissingData: TreatMissingData.NOT_BREACHING,
      alarmDescription,
    });
  }

  #add(
    id: string,
    metric: IMetric,
    options: {
      readonly threshold: number;
      readonly comparisonOperator: ComparisonOperator;
      readonly evaluationPeriods: number;
      readonly treatMissingData: TreatMissingData;
      readonly alarmDescription: string;
    },
  ): void {
    const alarm = new Alarm(this, id, { metric, ...options });
    alarm.addAlarmAction(new SnsAction(this.topic));
    alarm.addOkAction(new SnsAction(this.topic));
    this.all.push(alarm);
  }
}
