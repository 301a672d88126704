/** How the functions' bundles are made to start fast: see `npm run bench -- cold-start`. */
import { readFile } from 'node:fs/promises';
import { builtinModules, createRequire } from 'node:module';
import type { Plugin } from 'esbuild';
import { readOnce } from './read-once.ts';

/**
 * Importing `node:http` into an ES module loads all of undici; asking the process for it does not. ES modules get what
 * they name and nothing else, so that a built-in of which nothing is used is not loaded at all.
 */
export const builtInsFromProcess: Plugin = {
  name: 'built-ins-from-process',
  setup: ({ onResolve, onLoad }) => {
    const filter = new RegExp(`^(?:node:.+|${builtinModules.join('|')})$`);
    onResolve({ filter }, ({ path, kind }) => ({
      path,
      namespace: kind === 'import-statement' ? 'imported-built-in' : 'required-built-in',
      sideEffects: false,
    }));
    onLoad({ filter: /.*/, namespace: 'required-built-in' }, ({ path }) => ({
      contents: `module.exports = ${fromProcess(path)};`,
    }));
    onLoad({ filter: /.*/, namespace: 'imported-built-in' }, ({ path }) => {
      const names = Object.keys(process.getBuiltinModule(path) ?? {}).filter((name) => name !== 'default');
      const exported = names.map(
        (name, index) => `const x${index} = /* @__PURE__ */ its('${name}'); export { x${index} as ${name} };`,
      );
      const contents = [
        `const it = /* @__PURE__ */ ${fromProcess(path)};`,
        'const its = (name) => it[name];',
        'export default it;',
        ...exported,
      ].join('\n');
      return { contents };
    });
  },
};

const fromProcess = (builtIn: string): string => `process.getBuiltinModule(${JSON.stringify(builtIn)})`;

/** Puts other code in the place of modules, by the way they are imported; with `importer`, for those imports only. */
export const replacing = (
  name: string,
  replacements: readonly (readonly [path: RegExp, contents: string, importer?: RegExp])[],
): Plugin => ({
  name: `replacing-${name}`,
  setup: ({ onResolve, onLoad }) => {
    replacements.forEach(([filter, contents, by = /(?:)/], index) => {
      const namespace = `replaced-${name}-${index}`;
      onResolve({ filter }, ({ path, importer, resolveDir }) =>
        by.test(importer) ? { path, namespace, pluginData: resolveDir } : undefined,
      );
      onLoad({ filter: /.*/, namespace }, ({ pluginData: resolveDir }) => ({ contents, resolveDir }));
    });
  },
});

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
    'export { fromEnv as defaultProvider } from "@aws-sdk/credential-provider-env";',
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

/** See {@link readOnce}. */
export const wrappersReadOnce: Plugin = {
  name: 'wrappers-read-once',
  setup: ({ onEnd }) => {
    onEnd(({ outputFiles = [] }) => {
      const byPath = new Map(outputFiles.map((file) => [file.path, file]));
      for (const file of outputFiles) {
        const sourceMap = byPath.get(`${file.path}.map`);
        if (!sourceMap) continue;
        const { code, map } = readOnce({ code: file.text, map: sourceMap.text });
        file.contents = Buffer.from(code);
        sourceMap.contents = Buffer.from(map);
      }
    });
  },
};
