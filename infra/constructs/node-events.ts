import { Duration } from 'aws-cdk-lib';
import {
  EventBus,
  type EventPattern,
  Rule,
  type RuleProps,
  RuleTargetInput,
  Schedule,
} from 'aws-cdk-lib/aws-events';
import { LambdaFunction, SqsQueue } from 'aws-cdk-lib/aws-events-targets';
import { AccountPrincipal, PolicyStatement } from 'aws-cdk-lib/aws-iam';
import type { Function as WorkerFunction } from 'aws-cdk-lib/aws-lambda';
import { SqsDestination } from 'aws-cdk-lib/aws-lambda-destinations';
import { SqsEventSource } from 'aws-cdk-lib/aws-lambda-event-sources';
import { Queue, QueueEncryption, type QueueProps } from 'aws-cdk-lib/aws-sqs';
import { Construct } from 'constructs';

/** SSM sends these of itself, best effort; the sweep finds whatever they miss. */
const NODES_CHANGED: EventPattern = {
  source: ['aws.ssm'],
  detailType: ['SSM Managed Instance Registration', 'SSM Managed Instance Deregistration'],
};

export const EC2_STATE_CHANGE = 'EC2 Instance State-change Notification';
export const INSTANCE_TERMINATED: EventPattern = {
  source: ['aws.ec2'],
  detailType: [EC2_STATE_CHANGE],
  detail: { state: ['terminated'] },
};

/** Encrypted by SQS itself: EventBridge could not write to a queue under a key of its own. */
const QUEUE: QueueProps = { encryption: QueueEncryption.SQS_MANAGED, enforceSSL: true };
/** Lambda polls with no fewer. */
const QUEUE_CONCURRENCY = 2;
/** So many instances of the worker there are at most: those of the queue, and one for the schedules. */
export const WORKER_CONCURRENCY = QUEUE_CONCURRENCY + 1;

export interface NodeEventsOptions {
  readonly worker: WorkerFunction;
  readonly memberAccounts: readonly string[];
}

/** Everything that sets the worker to work, and the queue of what it could not do. */
export class NodeEvents extends Construct {
  readonly deadLetters: Queue;
  /** Where member accounts send the ends of their instances. */
  readonly memberBus: EventBus | undefined;
  readonly #queue: Queue;

  constructor(scope: Construct, { worker, memberAccounts }: NodeEventsOptions) {
    super(scope, 'NodeEvents');
    this.deadLetters = new Queue(this, 'DeadLetters', { ...QUEUE, retentionPeriod: Duration.days(14) });
    this.#queue = new Queue(this, 'Queue', {
      ...QUEUE,
      // Six times the worker's own limit (Lambda developer guide, "Using Lambda with Amazon SQS").
      visibilityTimeout: Duration.minutes(6),
      deadLetterQueue: { queue: this.deadLetters, maxReceiveCount: 5 },
    });
    // A storm of registrations is looked up in a few calls to SSM, not in one a machine.
    worker.addEventSource(
      new SqsEventSource(this.#queue, {
        batchSize: 100,
        maxBatchingWindow: Duration.seconds(5),
        maxConcurrency: QUEUE_CONCURRENCY,
        reportBatchItemFailures: true,
      }),
    );
    worker.configureAsyncInvoke({
      onFailure: new SqsDestination(this.deadLetters),
      retryAttempts: 2,
      maxEventAge: Duration.hours(1),
    });
    this.#schedule('Sweep', Duration.minutes(1), worker);
    this.#schedule('Hourly', Duration.hours(1), worker);
    this.#queueEvents('NodesChanged', { eventPattern: NODES_CHANGED });
    this.#queueEvents('InstanceTerminated', { eventPattern: INSTANCE_TERMINATED });
    if (memberAccounts.length > 0) this.memberBus = this.#memberBus(memberAccounts);
  }

  #schedule(name: 'Sweep' | 'Hourly', every: Duration, worker: WorkerFunction): void {
    const event = RuleTargetInput.fromObject({ task: name.toLowerCase() });
    // The next one makes up for one that is missed.
    const target = new LambdaFunction(worker, { event, deadLetterQueue: this.deadLetters, retryAttempts: 0 });
    new Rule(this, name, { schedule: Schedule.rate(every), targets: [target] });
  }

  #queueEvents(id: string, rule: RuleProps): void {
    const target = new SqsQueue(this.#queue, {
      deadLetterQueue: this.deadLetters,
      retryAttempts: 10,
      maxEventAge: Duration.hours(2),
    });
    new Rule(this, id, { ...rule, targets: [target] });
  }

  #memberBus(accounts: readonly string[]): EventBus {
    const eventBus = new EventBus(this, 'MemberBus', {
      description: 'Instances that ended in member accounts',
    });
    eventBus.addToResourcePolicy(
      new PolicyStatement({
        sid: 'MemberAccounts',
        principals: accounts.map((account) => new AccountPrincipal(account)),
        actions: ['events:PutEvents'],
        resources: [eventBus.eventBusArn],
        conditions: { StringEquals: { 'events:source': 'aws.ec2', 'events:detail-type': EC2_STATE_CHANGE } },
      }),
    );
    const eventPattern = { ...INSTANCE_TERMINATED, account: [...accounts] };
    this.#queueEvents('MemberInstanceTerminated', { eventPattern, eventBus });
    return eventBus;
  }
}
