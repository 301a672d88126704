import { readFileSync } from 'node:fs';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import type { ZodTypeProvider } from 'fastify-type-provider-zod';
import * as z from 'zod';
import { InvalidRequest } from '../activation/errors.ts';
import { FOR_ALL } from './documented.ts';
import type { ServedFrom } from './served-from.ts';
import { quoted } from './shell-assignments.ts';

const SYSTEMS = ['linux', 'windows'] as const;
type System = (typeof SYSTEMS)[number];

/** What these routes need of the world. */
export interface BootstrapContext {
  readonly servedFrom: ServedFrom;
  /** This API as machines reach it, with its stage: `https://api.example/latest`. Absent, the request tells. */
  readonly publicUrl?: string | undefined;
  readonly region: string;
}

/** The scripts in the folder that is served, nothing filled in. */
const SCRIPTS: Readonly<Record<System, string>> = {
  linux: 'bootstrap-scripts/linux/bootstrap.sh',
  windows: 'bootstrap-scripts/windows/bootstrap.ps1',
};

/** How each script's language assigns a string that is to be taken to the letter. */
const ASSIGNMENTS: Readonly<Record<System, (variable: 'api' | 'region', text: string) => string>> = {
  linux: (variable, text) => `default_${variable}=${quoted(text)}`,
  windows: (variable, text) => `$Default_${variable} = '${text.replaceAll("'", "''")}'`,
};

/** Scripts that know where this API is, so that user data can be one line. */
export const bootstrapRoutes = async (scope: FastifyInstance, context: BootstrapContext): Promise<void> => {
  const app = scope.withTypeProvider<ZodTypeProvider>();
  for (const system of SYSTEMS) {
    const route = `/bootstrap/${system}`;
    const template = readFileSync(new URL(SCRIPTS[system], context.servedFrom), 'utf8');
    const fill = (script: string, variable: 'api' | 'region', text: string) => {
      const placeholder = ASSIGNMENTS[system](variable, '');
      if (!script.includes(placeholder)) throw new Error(`The ${system} script does not say ${placeholder}.`);
      return script.replace(placeholder, () => ASSIGNMENTS[system](variable, text));
    };
    const withRegion = fill(template, 'region', context.region);
    const schema = {
      operationId: `getBootstrapFor${system === 'linux' ? 'Linux' : 'Windows'}`,
      summary: `The bootstrap script for ${system === 'linux' ? 'Linux' : 'Windows'}, with this address filled in`,
      tags: ['Machines'],
      security: FOR_ALL,
      produces: ['text/plain'],
      response: { 200: z.string() },
    };
    app.get(route, { schema, config: { refusals: ['InvalidRequest'] } }, async (request, reply) => {
      const script = fill(withRegion, 'api', context.publicUrl ?? addressOf(request, route));
      return reply.type('text/plain; charset=utf-8').send(script);
    });
  }
};

/**
 * Host name, IPv4 or bracketed IPv6, and a port. The Host header is the caller's to choose, and the answer goes to a
 * shell: nothing that a shell or PowerShell could take for more than text gets through.
 */
const HOST = /^(?:[a-z0-9](?:[a-z0-9.-]{0,251}[a-z0-9])?|\[[0-9a-f:.]{2,45}\])(?::\d{1,5})?$/i;
const STAGE = /^(?:\/[\w-][\w.-]{0,127})*$/;

/**
 * Where the caller reached this API: behind API Gateway as that has it, else by the Host header. @throws InvalidRequest
 */
const addressOf = (request: FastifyRequest, route: string): string => {
  const { host, path, scheme } = request.awsLambda ? gatewayAddress(request) : serverAddress(request);
  const stage = path.slice(0, -route.length);
  if (!HOST.test(host) || !path.endsWith(route) || !STAGE.test(stage)) {
    throw new InvalidRequest([{ field: 'Host', message: 'is not a host name and a port' }]);
  }
  return `${scheme}://${host}${stage}`;
};

/** The Host header itself: `request.host` is X-Forwarded-Host once a proxy is trusted. */
const serverAddress = ({ headers, originalUrl, protocol }: FastifyRequest) => ({
  host: headers.host ?? '',
  path: originalUrl.replace(/\?.*$/s, ''),
  scheme: protocol === 'https' ? 'https' : 'http',
});

/** Where API Gateway does not name the domain, the Host header would: it is the caller's, and the script is run as root. */
const gatewayAddress = ({ awsLambda }: FastifyRequest) => {
  const { domainName, requestedPath } = awsLambda?.event ?? {};
  if (domainName === undefined || requestedPath === undefined) {
    const message = 'API Gateway does not say under which name this API is reached: set PUBLIC_URL';
    throw new InvalidRequest([{ field: '', message }]);
  }
  return { host: domainName, path: requestedPath, scheme: 'https' };
};
