import { Stack, type StackProps } from 'aws-cdk-lib';
import { EventBus, Rule } from 'aws-cdk-lib/aws-events';
import { EventBus as EventBusTarget } from 'aws-cdk-lib/aws-events-targets';
import type { Construct } from 'constructs';
import { INSTANCE_TERMINATED } from './constructs/node-events.ts';

export interface MemberAccountStackProps extends StackProps {
  /** The service stack's output `MemberBusArn`. */
  readonly eventBusArn: string;
}

/** In an account whose instances the service names: tells the service's account when one of them has ended. */
export class MemberAccountStack extends Stack {
  constructor(scope: Construct, id: string, { eventBusArn, ...props }: MemberAccountStackProps) {
    super(scope, id, { description: 'ssm-activation-api: ends of instances', ...props });
    const bus = EventBus.fromEventBusArn(this, 'ServiceBus', eventBusArn);
    new Rule(this, 'InstanceTerminated', {
      eventPattern: INSTANCE_TERMINATED,
      targets: [new EventBusTarget(bus)],
    });
  }
}
