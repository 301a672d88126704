import { Duration, Stack } from 'aws-cdk-lib';
import { Metric, Stats } from 'aws-cdk-lib/aws-cloudwatch';
import { FilterPattern, type ILogGroup, MetricFilter } from 'aws-cdk-lib/aws-logs';
import { Construct } from 'constructs';

/** What the service's logs tell of it, as metrics. */
export class ServiceMetrics extends Construct {
  /** Machines turned away: no accepted proof, not allowed, or a name that is taken. */
  readonly refusals: Metric;
  /** Sweeps that came to their end. */
  readonly sweeps: Metric;
  /** Answers that only an operator can better: the node role, or what Systems Manager or the ledger refuses. */
  readonly systemsManagerRefusals: Metric;
  /** Names that have a managed node. */
  readonly managedNodes: Metric;

  constructor(scope: Construct, accessLogs: ILogGroup, apiLogs: ILogGroup, workerLogs: ILogGroup) {
    super(scope, 'Metrics');
    this.refusals = this.#metric('Refusals', accessLogs, {
      pattern:
        '{ ($.route = "/activate" || $.route = "/tag") && ($.status = "401" || $.status = "403" || $.status = "409") }',
      value: '1',
      statistic: Stats.SUM,
      period: Duration.minutes(5),
    });
    this.systemsManagerRefusals = this.#metric('SystemsManagerRefusals', apiLogs, {
      pattern:
        '{ $.code = "NodeRoleUnusable" || $.code = "SystemsManagerRefused" || $.code = "LedgerRefused" }',
      value: '1',
      statistic: Stats.SUM,
      period: Duration.minutes(5),
    });
    this.sweeps = this.#metric('Sweeps', workerLogs, {
      pattern: '{ $.task = "sweep" && $.complete IS TRUE }',
      value: '1',
      statistic: Stats.SUM,
      period: Duration.minutes(5),
    });
    this.managedNodes = this.#metric('ManagedNodes', workerLogs, {
      pattern: '{ $.task = "hourly" }',
      value: '$.managedNodes',
      statistic: Stats.MAXIMUM,
      period: Duration.hours(1),
    });
  }

  #metric(
    metricName: string,
    logGroup: ILogGroup,
    {
      pattern,
      value,
      statistic,
      period,
    }: { pattern: string; value: string; statistic: string; period: Duration },
  ): Metric {
    const metricNamespace = `SsmActivation/${Stack.of(this).stackName}`;
    new MetricFilter(this, metricName, {
      logGroup,
      metricNamespace,
      metricName,
      filterPattern: FilterPattern.literal(pattern),
      metricValue: value,
    });
    return new Metric({ namespace: metricNamespace, metricName, statistic, period });
  }
}
