/**
 * Builds what is deployed: `npm run build` leaves the functions in dist/lambda, each a folder that is uploaded as it
 * is, the plain server in dist/server.mjs, the command line in dist/cli.mjs, and source maps in dist/source-maps.
 */
import { cp, mkdir, rm, writeFile } from 'node:fs/promises';
import { builtinModules } from 'node:module';
import { dirname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type BuildOptions, build, type Plugin } from 'esbuild';

const ROOT = fileURLToPath(new URL('.', import.meta.url));

/** Importing `node:http` into an ES module loads all of undici; asking the process for it does not. */
const builtInsFromProcess: Plugin = {
  name: 'built-ins-from-process',
  setup: ({ onResolve, onLoad }) => {
    const builtIn = new RegExp(`^(?:node:.+|${builtinModules.join('|')})$`);
    onResolve({ filter: builtIn }, ({ path }) => ({ path, namespace: 'built-in' }));
    onLoad({ filter: /.*/, namespace: 'built-in' }, ({ path }) => ({
      contents: `module.exports = process.getBuiltinModule(${JSON.stringify(path)});`,
    }));
  },
};

/**
 * What packages require and a function never uses, by the way it is required:
 * routes are validated and serialised with zod, not with Fastify's own compilers; no plugin asks for a version of
 * Fastify; no proxy's header is believed; log lines are the service's own; and Lambda gives a function its credentials
 * in its environment (AWS Lambda developer guide, "Defined runtime environment variables").
 */
const REPLACED: readonly (readonly [RegExp, string])[] = [
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
    /^\.\/shared-ini-file-loader\/loadSharedConfigFiles$|^\.\.\/shared-ini-file-loader\/loadSharedConfigFiles$|^\.\/loadSharedConfigFiles$/,
    'export const loadSharedConfigFiles = async () => ({ configFile: {}, credentialsFile: {} }); export const CONFIG_PREFIX_SEPARATOR = ".";',
  ],
];

const replaceUnused: Plugin = {
  name: 'replace-unused',
  setup: ({ onResolve, onLoad }) => {
    REPLACED.forEach(([filter, contents], index) => {
      const namespace = `replaced-${index}`;
      onResolve({ filter }, ({ path, resolveDir }) => ({ path, namespace, pluginData: resolveDir }));
      onLoad({ filter: /.*/, namespace }, ({ pluginData: resolveDir }) => ({ contents, resolveDir }));
    });
  },
};

/** Served by the API function, which reads them from beside its bundle. */
const SERVED = [
  'bootstrap-scripts/linux/bootstrap.sh',
  'bootstrap-scripts/windows/bootstrap.ps1',
  'openapi.json',
];

const SHARED: BuildOptions = {
  absWorkingDir: ROOT,
  bundle: true,
  platform: 'node',
  target: 'node24',
  format: 'esm',
  sourcemap: 'external',
  legalComments: 'none',
  logLevel: 'warning',
};

/** All code is in it: nothing is installed where it runs. */
const PLAIN_FUNCTION: BuildOptions = {
  ...SHARED,
  minify: true,
  mainFields: ['module', 'main'],
  // CommonJS packages require what Node brings.
  banner: {
    js: "import { createRequire } from 'node:module';const require = createRequire(import.meta.url);",
  },
};

/** What the first answer does not need is in pieces of its own, or left out. */
const FUNCTION: BuildOptions = {
  ...PLAIN_FUNCTION,
  splitting: true,
  chunkNames: 'piece-[hash]',
  plugins: [replaceUnused, builtInsFromProcess],
  // A function answers a handful of calls: the parsers that zod would compile cost it more before its first answer than
  // they save after it. Schemas ask for this as they are made, so it stands before them.
  banner: { js: 'globalThis.__zod_globalConfig ??= { jitless: true };' },
};

/** Writes entries, and the pieces that they load when they need them, into a folder, and source maps into another. */
const bundle = async (options: BuildOptions, folder: string, maps: string): Promise<void> => {
  const output = { outdir: folder, outExtension: { '.js': '.mjs' }, write: false } as const;
  const { outputFiles } = await build({ ...options, ...output });
  for (const { path, contents } of outputFiles) {
    const file = path.endsWith('.map') ? join(maps, relative(folder, path)) : path;
    await mkdir(dirname(file), { recursive: true });
    await writeFile(file, contents);
  }
};

/** One function, which is `index.mjs` in its folder. */
const bundleFunction = (entry: string, folder: string, maps: string): Promise<void> =>
  bundle({ ...FUNCTION, entryPoints: { index: entry } }, folder, maps);

/** A function as one would bundle it who did not care how it starts: for comparison. */
export const bundlePlainly = (entry: string, folder: string, maps: string): Promise<void> =>
  bundle({ ...PLAIN_FUNCTION, entryPoints: { index: entry } }, folder, maps);

/** Where the two functions are, once built: each folder is the whole function. */
export interface FunctionBundles {
  readonly api: string;
  readonly worker: string;
}

export const buildFunctions = async (directory: string): Promise<FunctionBundles> => {
  const one = async (entry: string, name: string): Promise<string> => {
    const folder = join(directory, 'lambda', name);
    await bundleFunction(entry, folder, join(directory, 'source-maps', name));
    return folder;
  };
  const [api, worker] = await Promise.all([one('src/lambda.ts', 'api'), one('src/worker.ts', 'worker')]);
  for (const file of SERVED) await cp(join(ROOT, file), join(api, file));
  return { api, worker };
};

/** The server keeps its packages outside: the embedded DynamoDB has native parts. */
const buildServer = (directory: string): Promise<void> =>
  bundle(
    { ...SHARED, entryPoints: { server: 'src/server.ts' }, packages: 'external' },
    directory,
    join(directory, 'source-maps'),
  );

/** Commander loads these, which takes milliseconds, for subcommands that are programs and for coloured help: it has neither here. */
const UNUSED_BY_COMMANDER: Readonly<Record<string, string>> = {
  'node:child_process': 'export default {};',
  'node:util': 'export const stripVTControlCharacters = (text) => text;',
};
const withoutWhatCommanderNeverUses: Plugin = {
  name: 'without-what-commander-never-uses',
  setup: ({ onResolve, onLoad }) => {
    onResolve({ filter: /^node:/ }, ({ path, importer }) =>
      importer.includes('/node_modules/commander/') && path in UNUSED_BY_COMMANDER
        ? { path, namespace: 'unused-by-commander' }
        : undefined,
    );
    onLoad({ filter: /.*/, namespace: 'unused-by-commander' }, ({ path }) => ({
      contents: UNUSED_BY_COMMANDER[path] ?? '',
    }));
  },
};

/** In pieces, of which each command loads what it needs: a tool that is typed must answer at once. */
const buildCli = (directory: string) =>
  build({
    ...SHARED,
    sourcemap: false,
    minify: true,
    splitting: true,
    mainFields: ['module', 'main'],
    plugins: [withoutWhatCommanderNeverUses, builtInsFromProcess],
    entryPoints: { cli: 'src/cli.ts' },
    outdir: directory,
    outExtension: { '.js': '.mjs' },
    chunkNames: 'cli-[hash]',
    external: [
      '@aws-sdk/*',
      '@fastify/*',
      '@smithy/*',
      'classic-level',
      'dynalite',
      'fastify',
      'fastify-type-provider-zod',
      'jose',
      'zod',
    ],
  });

if (import.meta.main) {
  const directory = join(ROOT, 'dist');
  await rm(directory, { recursive: true, force: true });
  await Promise.all([buildFunctions(directory), buildServer(directory), buildCli(directory)]);
  process.stdout.write('built into dist\n');
}
