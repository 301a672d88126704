import { createAwsBackend } from './backend.ts';
import { readConfig } from './config.ts';
import { contextOptions, createContext } from './context.ts';
import { createApiGatewayHandler } from './http/api-gateway.ts';
import { readBootstrapScripts } from './http/bootstrap-routes.ts';
import { readPolicy } from './policy/read-policy.ts';

const config = readConfig({ ...process.env, BACKEND: 'aws' });

const context = createContext(
  createAwsBackend(config.AWS_REGION),
  contextOptions(config, await readPolicy(config.POLICY_FILE)),
);

/** The build puts them beside this function's bundle. */
const bootstrapScripts = readBootstrapScripts(new URL('./bootstrap-scripts/', import.meta.url));

/** The API function: API Gateway's events in, its answers out. */
export const handler = createApiGatewayHandler(
  { ...context, bootstrapScripts, publicUrl: config.PUBLIC_URL },
  true,
);
