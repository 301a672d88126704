import type { Agent } from 'node:http';

/**
 * What the SDK's connections warn of, such as requests that wait for a socket. Its other entries hold inputs and answers, in
 * which there are secrets; for a logger that takes them they are made even when it drops them.
 */
const createConnectionLogger = (warning: (text: string) => void) => ({
  debug: () => {},
  info: () => {},
  warn: (...content: unknown[]) => {
    const [text] = content;
    if (typeof text === 'string') warning(text);
  },
  error: () => {},
});

/** For every client of AWS: the retries are the service's own, which knows what a lost answer means. */
export const clientOptions = (warning: (text: string) => void, connections: { httpAgent?: Agent } = {}) => ({
  maxAttempts: 1,
  requestHandler: { ...connections, logger: createConnectionLogger(warning) },
});
