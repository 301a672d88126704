import { fileURLToPath } from 'node:url';
import type { BuildOptions } from 'esbuild';

/** The checkout. */
export const ROOT = fileURLToPath(new URL('../../', import.meta.url));

/** What all bundles have in common. */
export const SHARED = {
  absWorkingDir: ROOT,
  bundle: true,
  platform: 'node',
  target: 'node24',
  format: 'esm',
  sourcemap: 'external',
  legalComments: 'none',
  logLevel: 'warning',
} as const satisfies BuildOptions;
