import type { InstanceName } from './instance-name.ts';
import type { Ledger } from './ports.ts';

const PAGE = 1_000;

/** How many names have a managed node. Reads every name once: to be asked seldom. */
export const fleetSize = async (ledger: Pick<Ledger, 'list'>): Promise<number> => {
  let size = 0;
  let after: InstanceName | undefined;
  do {
    const records = await ledger.list({ prefix: '', limit: PAGE, after });
    size += records.filter(({ node }) => node !== undefined).length;
    after = records.length < PAGE ? undefined : records.at(-1)?.name;
  } while (after !== undefined);
  return size;
};
