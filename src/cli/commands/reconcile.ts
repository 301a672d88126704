import { deadlineIn } from '../../activation/deadline.ts';
import { type Difference, reconcile } from '../../activation/reconcile.ts';
import { contextOptions, createContext } from '../../context.ts';
import { clock, openBackend } from '../../open-backend.ts';
import { readPolicy } from '../../policy/read-policy.ts';
import { createServiceLog } from '../../service-log.ts';
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
  const log = createServiceLog((entry, message) =>
    say(session.shell, `${message}: ${JSON.stringify(entry)}`),
  );
  const backend = await openBackend(config, { warning: log.warning });
  try {
    const options = contextOptions(config, await readPolicy(config.POLICY_FILE), log);
    const { portsFor } = createContext(backend, options);
    const differences = await reconcile(portsFor({ deadline: deadlineIn(DEADLINE_MS, { clock }) }));
    say(session.shell, `${differences.length} differences`);
    await session.show([differences], DIFFERENCES);
    const conflicts = differences.filter(({ kind }) => kind === 'conflict').length;
    if (conflicts > 0) throw new Failure('conflict', `${conflicts} conflicts are for an operator to decide.`);
  } finally {
    await backend.close();
  }
};
