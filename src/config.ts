import * as z from 'zod';
import { HostList, ProxyList } from './edge/lists.ts';
import { webAddress } from './web-address.ts';

const Port = z.lazy(() => z.coerce.number().int().min(0).max(65_535));
const Rate = z.coerce.number().positive();

/** `10000`, or `0-10000`: any number between the two. */
const Milliseconds = z.lazy(() =>
  z
    .string()
    .regex(/^\d+(-\d+)?$/, 'must be milliseconds, or a range of them such as 0-10000')
    .transform((text) => {
      const [from = 0, to = from] = text.split('-').map(Number);
      return { from, to };
    })
    .refine(({ from, to }) => from <= to, 'must be a range that ends no lower than it begins'),
);

const FunctionVariables = z.object({
  POLICY_FILE: z.string().optional(),
  PUBLIC_URL: z
    .string()
    .refine(
      (text) => webAddress(text)?.search === '',
      'must be an http or https address: host and path alone, without a user',
    )
    .optional(),
  TABLE_NAME: z.string().min(3).default('ssm-activation'),
  NODE_ROLE: z
    .string()
    .max(64)
    .regex(/^[\w+=,.@/-]+$/, 'must be a role name or path/name, not an ARN')
    .default('ssm-activation-node'),
  AWS_REGION: z.string().default('us-east-1'),
  SSM_MAX_TPS: Rate.optional(),
});
/** What a deployed function goes by; all of it holds for a server too. */
export type FunctionConfig = z.infer<typeof FunctionVariables>;

const Variables = z.lazy(() =>
  FunctionVariables.extend({
    BACKEND: z.enum(['local', 'aws']).default('local'),
    HOST: z.string().default('127.0.0.1'),
    PORT: Port.default(8080),
    LOCAL_AWS_PORT: Port.default(8081),
    DATA_DIR: z.string().default('.data'),
    OPERATOR_KEY: z
      .string()
      .min(20, 'must have at least 20 characters')
      .regex(/^[!-~]*$/, 'must be of visible ASCII characters: it is sent as a bearer token')
      .optional(),
    ALLOWED_HOSTS: HostList.default([]),
    TRUSTED_PROXIES: ProxyList.optional(),
    LOCAL_SSM_TPS: Rate.optional(),
    LOCAL_SSM_LATENCY_MS: z.coerce.number().min(0).optional(),
    LOCAL_SSM_LAG_MS: Milliseconds.optional(),
    LOCAL_SSM_FAULT_RATE: z.coerce.number().min(0).max(1).optional(),
  }),
);
export type Config = z.infer<typeof Variables>;

/** SSM publishes no rates for these calls; OmniSSM held itself to this many a second. */
const AWS_TPS = 5;

/** A server's environment as configuration. @throws Error that names every variable that is wrong. */
export const readConfig = (environment: NodeJS.ProcessEnv): Config => {
  const config = read(Variables, environment);
  return config.BACKEND === 'aws' ? { SSM_MAX_TPS: AWS_TPS, ...config } : config;
};

/** A function's, which always works on AWS. @throws Error that names every variable that is wrong. */
export const readFunctionConfig = (environment: NodeJS.ProcessEnv): FunctionConfig => ({
  SSM_MAX_TPS: AWS_TPS,
  ...read(FunctionVariables, environment),
});

const read = <T>(variables: z.ZodType<T>, environment: NodeJS.ProcessEnv): T => {
  // An empty variable means the same as none, as shells and container platforms have it.
  const given = Object.entries(environment).filter(([, value]) => value !== '');
  const parsed = variables.safeParse(Object.fromEntries(given));
  if (!parsed.success) {
    const problems = parsed.error.issues.map(({ path, message }) => `  ${path.join('.')}: ${message}`);
    throw new Error(`The environment is not valid:\n${problems.join('\n')}`);
  }
  return parsed.data;
};
