import { isIP } from 'node:net';

const NAME = /^(?=.{1,253}$)[a-z0-9_](?:[a-z0-9_-]*[a-z0-9_])?(?:\.[a-z0-9_](?:[a-z0-9_-]*[a-z0-9_])?)*$/;

/** A host name, or an address without brackets, as hosts are compared; undefined when the text is neither. */
export const parseHost = (text: string): string | undefined => {
  const host = text.toLowerCase().replace(/\.$/, '');
  const literal = /^\[(.*)\]$/.exec(host)?.[1] ?? host;
  if (isIP(literal) !== 0) return literal.includes('%') ? undefined : literal;
  return NAME.test(host) ? host : undefined;
};
