/** An operation: who may call it, the shape of its input, and what it does. */
import type * as z from 'zod';
import { nodeByCredentials, nodeBySigningKey, requireOperator } from './callers.ts';
import type { ManagedNode } from './records.ts';
import type { Service } from './service.ts';
import type { SignableRequest } from './signature.ts';
import { parseInput } from './validation.ts';

interface AwsRequest extends SignableRequest {
  readonly body: Buffer;
}

export interface Operation {
  /** Only the control plane's calls draw on its rate limit. */
  readonly plane: 'control' | 'agent';
  readonly run: (service: Service, request: AwsRequest) => Promise<object>;
}

type Output = object | Promise<object>;

export function controlPlaneOperation<S extends z.ZodType>(
  shape: S,
  perform: (service: Service, input: z.infer<S>) => Output,
): Operation {
  return {
    plane: 'control',
    run: async (service, request) => {
      requireOperator(service, request);
      return perform(service, parseInput(shape, request.body));
    },
  };
}

/** Open to any caller: what it asks for is in the input. */
export function anonymousOperation<S extends z.ZodType>(
  shape: S,
  perform: (service: Service, input: z.infer<S>) => Output,
): Operation {
  return {
    plane: 'agent',
    run: async (service, request) => perform(service, parseInput(shape, request.body)),
  };
}

/** Signed with `key`, the one the node registered with, or with its temporary credentials for a service. */
export function nodeOperation<S extends z.ZodType>(
  proof: 'key' | 'ssm' | 'ec2messages',
  shape: S,
  perform: (service: Service, input: z.infer<S>, node: ManagedNode) => Output,
): Operation {
  return {
    plane: 'agent',
    run: async (service, request) => {
      const node =
        proof === 'key' ? nodeBySigningKey(service, request) : nodeByCredentials(service, request, proof);
      return perform(service, parseInput(shape, request.body), node);
    },
  };
}
