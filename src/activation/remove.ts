import { NameUnknown } from './errors.ts';
import { giveUp, type Removal } from './give-up.ts';
import { lookForNode } from './look-for-node.ts';
import type { Ports } from './ports.ts';
import type { OperatorOrder } from './release.ts';

/** Deregisters a name's node and revokes its activation, if it has them; the name is free afterwards. */
export const remove = async (ports: Ports, order: OperatorOrder): Promise<Removal> => {
  const { name, operator, requestId } = order;
  await lookForNode(ports, name);
  const actor = { kind: 'operator', subject: operator } as const;
  const removal = await giveUp(ports, name, (_record, isNew) => !isNew, { actor, requestId });
  if (!removal) throw new NameUnknown(`No machine ever activated as ${name}.`);
  return removal;
};
