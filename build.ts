/**
 * Builds what is deployed: `npm run build` leaves the functions in dist/lambda, each a folder that is uploaded as it
 * is, the plain server in dist/server.mjs, the command line in dist/cli.mjs, and source maps in dist/source-maps.
 */
import { cp, mkdir, rm, writeFile } from 'node:fs/promises';
import { dirname, join, relative } from 'node:path';
import { type BuildOptions, build } from 'esbuild';
import { builtInsFromProcess } from './tools/bundle/built-ins.ts';
import { buildCli } from './tools/bundle/cli.ts';
import { ROOT, SHARED } from './tools/bundle/options.ts';
import { wrappersReadOnce } from './tools/bundle/read-once.ts';
import { replaceUnused, withoutErrorClasses } from './tools/bundle/unused.ts';

/** Served by the API function, which reads them from beside its bundle. */
const SERVED = [
  'bootstrap-scripts/linux/bootstrap.sh',
  'bootstrap-scripts/windows/bootstrap.ps1',
  'openapi.json',
];

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
  plugins: [replaceUnused, withoutErrorClasses, builtInsFromProcess, wrappersReadOnce],
  // The streams of an answer are Node's: to ask whether one is the web's would load all of those.
  define: { ReadableStream: 'undefined' },
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

if (import.meta.main) {
  const directory = join(ROOT, 'dist');
  await rm(directory, { recursive: true, force: true });
  await Promise.all([buildFunctions(directory), buildServer(directory), buildCli(directory)]);
  process.stdout.write('built into dist\n');
}
