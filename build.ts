/**
 * Builds what is deployed: `npm run build` leaves the functions in dist/lambda, each a folder that is uploaded as it
 * is, the plain server in dist/server.mjs, the command line in dist/cli.mjs, and source maps in dist/source-maps.
 */
import { cp, mkdir, rm, writeFile } from 'node:fs/promises';
import { builtinModules } from 'node:module';
import { dirname, join } from 'node:path';
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

/** Routes are validated and serialised with zod: Fastify's own compilers are required by it and never used. */
const withoutJsonSchemaCompilers: Plugin = {
  name: 'without-json-schema-compilers',
  setup: ({ onResolve, onLoad }) => {
    const compilers = /^@fastify\/(?:ajv|fast-json-stringify)-compiler$/;
    onResolve({ filter: compilers }, ({ path }) => ({ path, namespace: 'unused-compiler' }));
    onLoad({ filter: /.*/, namespace: 'unused-compiler' }, ({ path }) => ({
      contents: `module.exports = () => () => { throw new Error(${JSON.stringify(`${path} is not bundled`)}); };`,
    }));
  },
};

/** Served by the API function, which reads them from beside its bundle. */
const BOOTSTRAP_SCRIPTS = ['linux/bootstrap.sh', 'windows/bootstrap.ps1'];

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

/** All code in one file: nothing is installed where it runs. */
const FUNCTION: BuildOptions = {
  ...SHARED,
  minify: true,
  mainFields: ['module', 'main'],
  plugins: [builtInsFromProcess, withoutJsonSchemaCompilers],
  // CommonJS packages that require what only they know.
  banner: {
    js: "const require = process.getBuiltinModule('node:module').createRequire(import.meta.url);",
  },
};

const bundle = async (options: BuildOptions, outfile: string, mapFile: string): Promise<void> => {
  const { outputFiles } = await build({ ...options, outfile, write: false });
  for (const { path, contents } of outputFiles) {
    const file = path.endsWith('.map') ? mapFile : outfile;
    await mkdir(dirname(file), { recursive: true });
    await writeFile(file, contents);
  }
};

/** Where the two functions are, once built: each folder is the whole function. */
export interface FunctionBundles {
  readonly api: string;
  readonly worker: string;
}

export const buildFunctions = async (directory: string): Promise<FunctionBundles> => {
  const one = async (entry: string, name: string): Promise<string> => {
    const folder = join(directory, 'lambda', name);
    const mapFile = join(directory, 'source-maps', `${name}.mjs.map`);
    await bundle({ ...FUNCTION, entryPoints: [entry] }, join(folder, 'index.mjs'), mapFile);
    return folder;
  };
  const [api, worker] = await Promise.all([one('src/lambda.ts', 'api'), one('src/worker.ts', 'worker')]);
  for (const script of BOOTSTRAP_SCRIPTS) {
    await cp(join(ROOT, 'bootstrap-scripts', script), join(api, 'bootstrap-scripts', script));
  }
  return { api, worker };
};

/** The server keeps its packages outside: the embedded DynamoDB has native parts. */
const buildServer = (directory: string): Promise<void> =>
  bundle(
    { ...SHARED, entryPoints: ['src/server.ts'], packages: 'external' },
    join(directory, 'server.mjs'),
    join(directory, 'source-maps', 'server.mjs.map'),
  );

/** In pieces, of which each command loads what it needs: a tool that is typed must answer at once. */
const buildCli = (directory: string) =>
  build({
    ...SHARED,
    sourcemap: false,
    minify: true,
    splitting: true,
    mainFields: ['module', 'main'],
    plugins: [builtInsFromProcess],
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
