import type { FastifyBaseLogger } from 'fastify';
import { describeError } from '../described-error.ts';
import { printableJson } from '../printable-json.ts';

const shown = (thing: unknown): unknown => (thing instanceof Error ? describeError(thing) : thing);
const allShown = (things: object): object =>
  Object.fromEntries(Object.entries(things).map(([key, thing]) => [key, shown(thing)]));

/**
 * A line of JSON an entry, from info upwards. Pino, which Fastify would load for it, is a tenth of what a function has to
 * load before its first answer. Requests are not to be logged with it: their headers may hold a proof.
 */
export const createJsonLog = (write: (line: string) => void, bindings: object = {}): FastifyBaseLogger => {
  const at =
    (level: string) =>
    (given: unknown, message?: string): void => {
      const things = typeof given === 'object' && given !== null ? allShown(given) : {};
      const msg = typeof given === 'string' ? given : message;
      write(printableJson({ level, time: new Date().toISOString(), ...bindings, ...things, msg }));
    };
  const nothing = () => {};
  return {
    level: 'info',
    trace: nothing,
    debug: nothing,
    silent: nothing,
    info: at('info'),
    warn: at('warn'),
    error: at('error'),
    fatal: at('fatal'),
    child: (more) => createJsonLog(write, { ...bindings, ...more }),
  };
};
