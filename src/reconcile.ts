/** `npm run reconcile`: compares the ledger with Systems Manager and rebuilds what it can; differences on stdout. */
import { reconcile } from './activation/reconcile.ts';
import { readConfig } from './config.ts';
import { createContext } from './context.ts';
import { clock, openBackend } from './open-backend.ts';
import { readPolicy } from './policy/read-policy.ts';

/** A large fleet takes a call for every fifty nodes, at a few calls a second. */
const DEADLINE_MS = 60 * 60_000;

const config = readConfig(process.env);
const backend = await openBackend(config);
try {
  const { ports } = createContext(backend, {
    policy: await readPolicy(config.POLICY_FILE),
    tableName: config.TABLE_NAME,
    nodeRole: config.NODE_ROLE,
    region: config.AWS_REGION,
    ssmPerSecond: config.SSM_MAX_TPS,
    clock,
  });
  const differences = await reconcile(ports, new Date(clock().getTime() + DEADLINE_MS));
  for (const { kind, name, detail } of differences) process.stdout.write(`${kind}\t${name}\t${detail}\n`);
  process.stderr.write(`${differences.length} differences\n`);
} finally {
  await backend.close();
}
