import { createAwsBackend } from './backend.ts';
import { readConfig } from './config.ts';
import { createApiGatewayHandler } from './http/api-gateway.ts';
import { createProofs } from './identity/proofs.ts';
import { readPolicy } from './policy/read-policy.ts';
import { createPorts } from './ports.ts';

const config = readConfig({ ...process.env, BACKEND: 'aws' });
const policy = await readPolicy(config.POLICY_FILE);
const clock = () => new Date();

/** The API function: API Gateway's events in, its answers out. */
export const handler = createApiGatewayHandler(
  {
    ports: createPorts(createAwsBackend(config.AWS_REGION), {
      tableName: config.TABLE_NAME,
      nodeRole: config.NODE_ROLE,
      ssmPerSecond: config.SSM_MAX_TPS,
      clock,
    }),
    proofs: createProofs(policy),
    region: config.AWS_REGION,
    random: Math.random,
  },
  true,
);
