import { build } from 'esbuild';
import { builtInsFromProcess } from './built-ins.ts';
import { SHARED } from './options.ts';
import { replacing } from './replacing.ts';

const BY_COMMANDER = /[\\/]node_modules[\\/]commander[\\/]/;

/** Commander loads these, which takes milliseconds, for subcommands that are programs and for coloured help: it has neither here. */
const withoutWhatCommanderNeverUses = replacing('commander', [
  [/^node:child_process$/, 'export default {};', BY_COMMANDER],
  [/^node:util$/, 'export const stripVTControlCharacters = (text) => text;', BY_COMMANDER],
]);

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
