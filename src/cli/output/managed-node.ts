import type { Node } from '../../client/api.ts';

/** A name that has a node, which a mapping can point at. */
export const isManaged = (node: Node): node is Node & { readonly InstanceId: string } =>
  node.InstanceId !== undefined;
