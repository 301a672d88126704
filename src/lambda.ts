import { createAwsBackend } from './backend.ts';
import { readFunctionConfig } from './config.ts';
import { contextOptions, createContext } from './context.ts';
import { createApiGatewayHandler } from './http/api-gateway.ts';
import { createJsonLog } from './http/json-log.ts';
import { readPolicy } from './policy/read-policy.ts';
import { createServiceLog } from './service-log.ts';

const config = readFunctionConfig(process.env);

const jsonLog = createJsonLog((line) => process.stdout.write(`${line}\n`));
const log = createServiceLog((entry, message) => jsonLog.warn(entry, message));

const context = createContext(
  createAwsBackend(config.AWS_REGION, log.warning),
  contextOptions(config, await readPolicy(config.POLICY_FILE), log),
);

/** The API function: API Gateway's events in, its answers out. */
export const handler = createApiGatewayHandler(
  // The build puts what is served beside this function's bundle.
  { ...context, servedFrom: new URL('./', import.meta.url), publicUrl: config.PUBLIC_URL },
  jsonLog,
);
