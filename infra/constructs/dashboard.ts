import { Duration } from 'aws-cdk-lib';
import type { RestApi } from 'aws-cdk-lib/aws-apigateway';
import { AlarmStatusWidget, Dashboard, GraphWidget, type IMetric, Stats } from 'aws-cdk-lib/aws-cloudwatch';
import type { Construct } from 'constructs';
import type { Alarms } from './alarms.ts';
import type { Functions } from './functions.ts';
import type { ServiceMetrics } from './service-metrics.ts';

export interface DashboardOptions {
  readonly api: RestApi;
  readonly functions: Functions;
  readonly metrics: ServiceMetrics;
  readonly alarms: Alarms;
}

const SUM = { period: Duration.minutes(5), statistic: Stats.SUM };

/** The service on one page: what it serves, whom it turns away, how large the fleet is. */
export const createDashboard = (
  scope: Construct,
  { api, functions, metrics, alarms }: DashboardOptions,
): Dashboard => {
  const graph = (title: string, ...left: IMetric[]) => new GraphWidget({ title, left, width: 8 });
  return new Dashboard(scope, 'Dashboard', {
    widgets: [
      [new AlarmStatusWidget({ title: 'Alarms', alarms: alarms.all, width: 24 })],
      [
        graph('Requests', api.metricCount(SUM), api.metricClientError(SUM), api.metricServerError(SUM)),
        graph(
          'Latency',
          api.metricLatency({ statistic: Stats.p(50) }),
          api.metricLatency({ statistic: Stats.p(99) }),
        ),
        graph('Machines turned away', metrics.refusals, metrics.systemsManagerRefusals),
      ],
      [
        graph('API function', functions.api.metricErrors(SUM), functions.api.metricThrottles(SUM)),
        graph('Worker', functions.worker.metricErrors(SUM), metrics.sweeps),
        graph('Managed nodes', metrics.managedNodes),
      ],
    ],
  });
};
