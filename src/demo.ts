/** `npm run demo`: the whole story on the embedded AWS, told as it happens. */
import { randomBytes } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import * as z from 'zod';
import { createContext } from './context.ts';
import { startHousekeeping } from './housekeeping.ts';
import { buildApp } from './http/app.ts';
import { byOperatorKey } from './http/operator-key.ts';
import { startLocalBackend } from './local/backend.ts';
import { createSimulatedMachine } from './local/simulated-machine.ts';
import type { Loop } from './loop.ts';
import { LOCAL_POLICY } from './policy/local-policy.ts';
import { serverEdge } from './server-edge.ts';
import { NO_LOG } from './service-log.ts';

const REGION = 'us-east-1';
const TABLE = 'ssm-activation-demo';
const MACHINES = [
  { name: 'web-1', tags: 'Environment=Dev,Role=web' },
  { name: 'web-2', tags: 'Environment=Dev,Role=web' },
  { name: 'db-1', tags: 'Environment=Prod,Role=database' },
];

const Activation = z.object({ ActivationId: z.string(), ActivationCode: z.string() });
const Tagged = z.object({ InstanceId: z.string(), Tags: z.record(z.string(), z.string()) });
const Problem = z.object({ code: z.string(), detail: z.string() });
const Nodes = z.object({
  Nodes: z.array(
    z.object({
      Name: z.string(),
      InstanceId: z.string().default(''),
      PingStatus: z.string().default(''),
      Tags: z.record(z.string(), z.string()),
    }),
  ),
});

const say = (line = ''): void => {
  process.stdout.write(`${line}\n`);
};
const step = (title: string): void => say(`\n== ${title}`);
const shown = (tags: Record<string, string>): string =>
  Object.entries(tags)
    .map(([key, value]) => `${key}=${value}`)
    .join(', ');

const clock = () => new Date();
let housekeeping: Loop | undefined;

step('The service starts, with an embedded AWS in memory');
const backend = await startLocalBackend({
  host: '127.0.0.1',
  port: 0,
  region: REGION,
  tableName: TABLE,
  faults: {},
  clock,
  warning: say,
  onRegistration: () => housekeeping?.soon(),
});
const context = createContext(backend, {
  policy: LOCAL_POLICY,
  tableName: TABLE,
  nodeRole: 'ssm-activation-node',
  region: REGION,
  clock,
  log: NO_LOG,
});
// Other users of this machine can reach its ports while the demonstration runs.
const operatorKey = randomBytes(24).toString('base64url');
const app = buildApp({
  ...context,
  servedFrom: new URL('../', import.meta.url),
  edge: serverEdge({ HOST: '127.0.0.1', ALLOWED_HOSTS: [] }),
  operators: byOperatorKey(operatorKey),
});
const url = await app.listen({ host: '127.0.0.1', port: 0 });
housekeeping = startHousekeeping(context, 1_000, (error) => say(String(error)));
say(`   API ${url}, embedded Systems Manager ${backend.embeddedUrl}`);

const ask = async (path: string, init: RequestInit = {}) => {
  const answer = await fetch(`${url}${path}`, init);
  return { status: answer.status, body: await answer.json() };
};
const operator = { headers: { authorization: `Bearer ${operatorKey}` } };

step('Three machines boot: each asks for an activation of its own and registers with it');
for (const { name, tags } of MACHINES) {
  const path = `/activate?name=${name}&tags=${tags}`;
  const { ActivationId, ActivationCode } = Activation.parse((await ask(path)).body);
  say(`   ${name}: GET ${path}`);
  const machine = createSimulatedMachine({
    endpoint: backend.embeddedUrl ?? '',
    region: REGION,
    computerName: name,
  });
  const instanceId = await machine.register({ activationId: ActivationId, activationCode: ActivationCode });
  await machine.ping();
  say(`   ${' '.repeat(name.length)}  activation ${ActivationId} (limit 1) made it ${instanceId}`);
}

step('web-1 sets one more tag on itself');
const tagged = Tagged.parse((await ask('/tag?name=web-1&tags=Release=2026.11')).body);
say(`   GET /tag?name=web-1&tags=Release=2026.11 -> ${tagged.InstanceId} has ${shown(tagged.Tags)}`);

step('Somebody asks for the name of web-1, which is registered and online');
const second = await ask('/activate?name=web-1');
const { code, detail } = Problem.parse(second.body);
say(`   GET /activate?name=web-1 -> ${second.status} ${code}\n   ${detail}`);

step('An operator asks which node is which machine');
await sleep(500);
const { Nodes: nodes } = Nodes.parse((await ask('/nodes', operator)).body);
say(`   ${'NAME'.padEnd(8)}${'NODE'.padEnd(22)}${'STATUS'.padEnd(10)}TAGS`);
for (const { Name, InstanceId, PingStatus, Tags } of nodes) {
  say(`   ${Name.padEnd(8)}${InstanceId.padEnd(22)}${PingStatus.padEnd(10)}${shown(Tags)}`);
}

await app.close();
await housekeeping.stop();
await backend.close();
say();
