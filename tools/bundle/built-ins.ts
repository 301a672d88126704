import { builtinModules } from 'node:module';
import type { Plugin } from 'esbuild';

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
