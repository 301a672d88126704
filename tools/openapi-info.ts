import type { OpenAPIV3_1 } from 'openapi-types';
import packageJson from '../package.json' with { type: 'json' };

/** What OpenAPI says of the API as a whole. */
export const OPENAPI_INFO = {
  openapi: '3.1.0',
  info: {
    title: packageJson.name,
    version: packageJson.version,
    description: packageJson.description,
    license: { name: 'Apache 2.0', identifier: 'Apache-2.0' },
  },
  servers: [
    {
      url: 'https://{host}/latest',
      description: 'Deployed: API Gateway',
      variables: { host: { default: 'api.example.com' } },
    },
    { url: 'http://127.0.0.1:8080', description: 'Local: npm start' },
  ],
  tags: [
    { name: 'Machines', description: 'Each call carries a proof of who is calling.' },
    { name: 'Nodes', description: 'Which managed node is which machine.' },
    { name: 'Join tokens', description: 'For machines that have no other proof.' },
    { name: 'Events', description: 'The audit trail.' },
    { name: 'Proofs', description: 'Why a machine is let in, or is not.' },
    { name: 'Health', description: 'Open to all.' },
  ],
  components: {
    securitySchemes: {
      instanceIdentity: {
        type: 'apiKey',
        in: 'header',
        name: 'X-Instance-Identity',
        description: 'The rsa2048 form of an EC2 instance identity document, on one line.',
      },
      bearer: {
        type: 'http',
        scheme: 'bearer',
        description: 'A join token (ssmj_<id>_<secret>) or an OpenID Connect token.',
      },
      operatorKey: { type: 'http', scheme: 'bearer', description: "A local server's operator key." },
      iam: {
        type: 'apiKey',
        in: 'header',
        name: 'Authorization',
        description: 'AWS Signature Version 4 for the service execute-api.',
      },
    },
  },
} as const satisfies Partial<OpenAPIV3_1.Document>;
