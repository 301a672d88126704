import type { Ledger } from '../../src/activation/ports.ts';

/** The names whose node is not yet linked, seen, tagged and the only one; what is merely watched for is finished. */
export const unfinished = async (ledger: Ledger): Promise<string[]> => {
  const records = await ledger.list({ prefix: '', limit: 10_000 });
  return records
    .filter(
      ({ node, replacedNodes }) =>
        !node?.seenOnline || node.unappliedTags.length > 0 || replacedNodes.length > 0,
    )
    .map(({ name }) => name);
};
