import { randomInt } from 'node:crypto';
import { createServer } from 'node:http';
import { listen } from '../bootstrap/listener.ts';

/**
 * Below those that systems give out themselves (Linux from 32768, others from 49152). One of those would be free now and
 * some other test's embedded DynamoDB in the second until Java listens: it would answer in this one's place.
 */
export const freePort = async (): Promise<number> => {
  for (;;) {
    const port = randomInt(20_000, 32_768);
    if (await isFree(port)) return port;
  }
};

const isFree = async (port: number): Promise<boolean> => {
  try {
    const listener = await listen(createServer(), port);
    await listener.close();
    return true;
  } catch {
    return false;
  }
};
