/** How the functions' bundles are made to start fast: see `npm run bench -- cold-start`. */
import { builtinModules } from 'node:module';
import type { Plugin } from 'esbuild';

/** Importing `node:http` into an ES module loads all of undici; asking the process for it does not. */
export const builtInsFromProcess: Plugin = {
  name: 'built-ins-from-process',
  setup: ({ onResolve, onLoad }) => {
    const builtIn = new RegExp(`^(?:node:.+|${builtinModules.join('|')})$`);
    onResolve({ filter: builtIn }, ({ path }) => ({ path, namespace: 'built-in' }));
    onLoad({ filter: /.*/, namespace: 'built-in' }, ({ path }) => ({
      contents: `module.exports = process.getBuiltinModule(${JSON.stringify(path)});`,
    }));
  },
};

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

/**
 * What packages require and a function never uses, by the way it is required:
 * routes are validated and serialised with zod, not with Fastify's own compilers; no plugin asks for a version of
 * Fastify; no proxy's header is believed; log lines are the service's own; and Lambda gives a function its credentials
 * in its environment (AWS Lambda developer guide, "Defined runtime environment variables") and no files of settings.
 */
export const replaceUnused = replacing('unused', [
  [/^(?:semver|@fastify\/proxy-addr|node:http2|node:dns)$/, 'module.exports = {};'],
  [/^@fastify\/(?:ajv|fast-json-stringify)-compiler$/, 'module.exports = () => () => {};'],
  [/^safe-regex2$/, 'module.exports = () => true;'],
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
