/**
 * The service in a process of its own, on an SSM elsewhere: `node bench/boot-storm/service.ts SSM_URL CALLS_A_SECOND`
 * prints where it listens. `GET /unfinished` says of how many names the node is not linked, seen and tagged yet.
 */
import { SSMClient } from '@aws-sdk/client-ssm';
import { createContext } from '../../src/context.ts';
import { startHousekeeping } from '../../src/housekeeping.ts';
import { buildApp } from '../../src/http/app.ts';
import { LOCAL_CREDENTIALS } from '../../src/local/credentials.ts';
import { startEmbeddedDynamoDb } from '../../src/local/embedded-dynamodb.ts';
import { LOCAL_POLICY } from '../../src/policy/local-policy.ts';
import { NO_LOG } from '../../src/service-log.ts';
import { unhurried } from '../../test/service.ts';
import { unfinished } from '../../test/storm/unfinished.ts';
import { REGION } from './region.ts';

const [, , endpoint = '', callsASecond] = process.argv;
const SWEEP_MS = 2_000;
const tableName = 'ssm-activation-bench';

const dynamoDb = await startEmbeddedDynamoDb(tableName);
const ssm = new SSMClient({ endpoint, region: REGION, credentials: LOCAL_CREDENTIALS, maxAttempts: 1 });
const context = createContext(
  { ssm, dynamoDb: dynamoDb.client },
  {
    policy: LOCAL_POLICY,
    tableName,
    nodeRole: 'ssm-activation-node',
    region: REGION,
    ssmPerSecond: Number(callsASecond),
    clock: () => new Date(),
    log: NO_LOG,
  },
);
const servedFrom = new URL('../../', import.meta.url);
const app = buildApp({ ...context, servedFrom, operators: () => undefined });
app.get('/unfinished', async () => (await unfinished(context.portsFor(unhurried()).ledger)).length);
const url = await app.listen({ host: '127.0.0.1', port: 0 });
startHousekeeping(context, SWEEP_MS, (error) => process.stderr.write(`${error}\n`));
process.stdout.write(`${url}\n`);
