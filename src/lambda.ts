import { createAwsBackend } from './backend.ts';
import { readConfig } from './config.ts';
import { createContext } from './context.ts';
import { createApiGatewayHandler } from './http/api-gateway.ts';
import { readPolicy } from './policy/read-policy.ts';

const config = readConfig({ ...process.env, BACKEND: 'aws' });

const context = createContext(createAwsBackend(config.AWS_REGION), {
  policy: await readPolicy(config.POLICY_FILE),
  tableName: config.TABLE_NAME,
  nodeRole: config.NODE_ROLE,
  region: config.AWS_REGION,
  ssmPerSecond: config.SSM_MAX_TPS,
  clock: () => new Date(),
});

/** The API function: API Gateway's events in, its answers out. */
export const handler = createApiGatewayHandler(context, true);
