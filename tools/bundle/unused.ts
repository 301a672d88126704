import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import type { Plugin } from 'esbuild';
import { replacing } from './replacing.ts';

const ZOD_SCHEMAS = /zod.v4.classic.schemas\.js$/;

/** What Fastify makes of options that say nothing; checking them, when they are known, costs more code than all routing. */
const { defaultInitOptions }: { readonly defaultInitOptions: object } = createRequire(import.meta.url)(
  'fastify/lib/config-validator.js',
);
const FASTIFY_OPTIONS = `
  const defaultInitOptions = ${JSON.stringify(defaultInitOptions)};
  module.exports = (options) => ({ ...defaultInitOptions, ...options });
  module.exports.defaultInitOptions = defaultInitOptions;`;

/**
 * What packages require and a function never uses, by the way it is required:
 * routes are validated and serialised with zod, not with Fastify's own compilers; no plugin asks for a version of
 * Fastify; no proxy's header is believed; log lines are the service's own; no route is compiled; no JSON Schema is made of
 * a schema, since openapi.json is a file; and Lambda gives a function its credentials in its environment (AWS Lambda
 * developer guide, "Defined runtime environment variables") and no files of settings.
 */
export const replaceUnused = replacing('unused', [
  [/^(?:semver|@fastify\/proxy-addr|node:http2|node:dns)$/, 'module.exports = {};'],
  [/^@fastify\/(?:ajv|fast-json-stringify)-compiler$/, 'module.exports = () => () => {};'],
  [/^safe-regex2$/, 'module.exports = () => true;'],
  [/^\.\/(?:lib\/)?initial-config-validation(?:\.js)?$/, FASTIFY_OPTIONS, /fastify/],
  [/^\.\/lib\/config-validator$/, 'module.exports = () => true;', /light-my-request/],
  [/^\.\/lib\/compiler$/, 'module.exports = {};', /find-my-way/],
  [
    /^\.\/zod-to-json\.js$/,
    'export const zodRegistryToJson = undefined, zodSchemaToJson = undefined;',
    /fastify-type-provider-zod/,
  ],
  [/\/json-schema-processors\.js$/, 'export {};', ZOD_SCHEMAS],
  [
    /\/to-json-schema\.js$/,
    'export const createToJSONSchemaMethod = () => () => {}; export const createStandardJSONSchemaMethod = () => () => {};',
    ZOD_SCHEMAS,
  ],
  [/^node:assert$/, 'module.exports = (holds, message) => { if (!holds) throw new Error(message); };'],
  [/^node:perf_hooks$/, 'module.exports = { performance };'],
  [
    /^\.\/logger-pino\.js$/,
    'module.exports = { serializers: {}, createPinoLogger: ({ logger }) => logger };',
  ],
  [
    /^@aws-sdk\/credential-provider-node$/,
    `import { fromEnv } from '@aws-sdk/credential-provider-env';
    import { memoize } from '@smithy/core/config';
    export const defaultProvider = (init) => memoize(fromEnv(init));`,
  ],
  [
    /^\.{1,2}\/(?:shared-ini-file-loader\/)?loadSharedConfigFiles$/,
    'export const loadSharedConfigFiles = async () => ({ configFile: {}, credentialsFile: {} }); export const CONFIG_PREFIX_SEPARATOR = ".";',
  ],
]);

const ERROR_CLASS = /^export var \w+\$ = \[-3, n0,[^;]*;\nn0_registry\.registerError\(.*$/gm;

/**
 * Systems Manager can answer with 150 kinds of errors, of each of which the SDK makes a class as it starts. Those that it
 * has no class for are SSMServiceExceptions with their own names, by which the service tells them apart.
 */
export const withoutErrorClasses: Plugin = {
  name: 'without-error-classes',
  setup: ({ onLoad }) => {
    onLoad({ filter: /client-ssm.dist-es.schemas.schemas_0\.js$/ }, async ({ path }) => {
      const contents = await readFile(path, 'utf8');
      return { contents: contents.replaceAll(ERROR_CLASS, '') };
    });
  },
};
