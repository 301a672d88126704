import { createAwsBackend } from './backend.ts';
import { readFunctionConfig } from './config.ts';
import { contextOptions, createContext } from './context.ts';
import { createApiGatewayHandler } from './http/api-gateway.ts';
import { readPolicy } from './policy/read-policy.ts';

const config = readFunctionConfig(process.env);

const context = createContext(
  createAwsBackend(config.AWS_REGION),
  contextOptions(config, await readPolicy(config.POLICY_FILE)),
);

/** The API function: API Gateway's events in, its answers out. */
export const handler = createApiGatewayHandler(
  // The build puts what is served beside this function's bundle.
  { ...context, servedFrom: new URL('./', import.meta.url), publicUrl: config.PUBLIC_URL },
  (line) => process.stdout.write(`${line}\n`),
);
