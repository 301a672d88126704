import { build, type Plugin } from 'esbuild';
import { builtInsFromProcess } from './function-plugins.ts';
import { SHARED } from './shared-build-options.ts';

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
export const buildCli = (directory: string) =>
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
