import { type Difference, reconcile } from '../../activation/reconcile.ts';
import { contextOptions, createContext } from '../../context.ts';
import { clock, openBackend } from '../../open-backend.ts';
import { readPolicy } from '../../policy/read-policy.ts';
import { Failure } from '../failure.ts';
import type { Listing } from '../output/formats.ts';
import { type ServerOptions, serverConfig } from '../server-config.ts';
import type { Session } from '../session.ts';
import { say } from '../shell.ts';

/** A large fleet takes a call for every fifty nodes, at a few calls a second. */
const DEADLINE_MS = 60 * 60_000;

const DIFFERENCES: Listing<Difference> = {
  columns: [
    {
      field: 'kind',
      text: ({ kind }) => kind,
      color: ({ kind }) => (kind === 'conflict' ? 'red' : undefined),
    },
    { field: 'name', text: ({ name }) => name, key: true },
    { field: 'detail', text: ({ detail }) => detail, key: true },
  ],
};

/** Compares the ledger with Systems Manager and rebuilds what it can. @throws Failure when conflicts are left */
export const reconcileCommand = async (session: Session, options: ServerOptions): Promise<void> => {
  const config = serverConfig(session.shell, options);
  const backend = await openBackend(config);
  try {
    const { ports } = createContext(backend, contextOptions(config, await readPolicy(config.POLICY_FILE)));
    const differences = await reconcile(ports, new Date(clock().getTime() + DEADLINE_MS));
    say(session.shell, `${differences.length} differences`);
    await session.show([differences], DIFFERENCES);
    const conflicts = differences.filter(({ kind }) => kind === 'conflict').length;
    if (conflicts > 0) throw new Failure('conflict', `${conflicts} conflicts are for an operator to decide.`);
  } finally {
    await backend.close();
  }
};
