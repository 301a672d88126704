import type { Plugin } from 'esbuild';

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
