import { createActivation, deleteActivation } from './activations.ts';
import {
  getMessages,
  listInstanceAssociations,
  requestManagedInstanceRoleToken,
  updateInstanceInformation,
  updateManagedInstancePublicKey,
} from './agent.ts';
import { describeActivations } from './describe-activations.ts';
import {
  deregisterManagedInstance,
  describeInstanceInformation,
  updateManagedInstanceRole,
} from './managed-nodes.ts';
import type { Operation } from './operation.ts';
import { registerManagedInstance } from './registration.ts';
import { addTagsToResource, listTagsForResource, removeTagsFromResource } from './tags.ts';

const operations = {
  CreateActivation: createActivation,
  DescribeActivations: describeActivations,
  DeleteActivation: deleteActivation,
  DescribeInstanceInformation: describeInstanceInformation,
  DeregisterManagedInstance: deregisterManagedInstance,
  UpdateManagedInstanceRole: updateManagedInstanceRole,
  AddTagsToResource: addTagsToResource,
  RemoveTagsFromResource: removeTagsFromResource,
  ListTagsForResource: listTagsForResource,
  RegisterManagedInstance: registerManagedInstance,
  RequestManagedInstanceRoleToken: requestManagedInstanceRoleToken,
  UpdateManagedInstancePublicKey: updateManagedInstancePublicKey,
  UpdateInstanceInformation: updateInstanceInformation,
  ListInstanceAssociations: listInstanceAssociations,
  GetMessages: getMessages,
} as const satisfies Record<string, Operation>;

export type OperationName = keyof typeof operations;

const isOperation = (name: string): name is OperationName => Object.hasOwn(operations, name);

/** The operation an `x-amz-target` names; undefined when there is none. */
export function findOperation(target: string): { name: OperationName; operation: Operation } | undefined {
  const [service, name = ''] = target.split('.');
  if (!isOperation(name)) return undefined;
  const expected = name === 'GetMessages' ? 'EC2WindowsMessageDeliveryService' : 'AmazonSSM';
  return service === expected ? { name, operation: operations[name] } : undefined;
}
