import { randomBytes } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** What an address of a socket holds: 104 bytes on macOS, its end included; a few more elsewhere. */
const MOST_PATH_BYTES = 103;

/** A place where a server listens and only this user can connect. */
export interface PrivateSocket {
  readonly path: string;
  /** Once the server is closed. */
  remove(): Promise<void>;
}

/** At the path, in a directory of this user alone; without one, or where it is too long, in a new directory. */
export const privateSocket = async (path?: string): Promise<PrivateSocket> => {
  if (process.platform === 'win32') {
    // By default only its creator and administrators can write to a pipe.
    return { path: `\\\\.\\pipe\\${randomBytes(16).toString('hex')}`, remove: async () => {} };
  }
  if (path !== undefined && Buffer.byteLength(path) <= MOST_PATH_BYTES) {
    // A process that was killed has left it here.
    await rm(path, { force: true });
    return { path, remove: () => rm(path, { force: true }) };
  }
  const temporary = await mkdtemp(join(tmpdir(), 'ssm-activation-'));
  return {
    path: join(temporary, 'socket'),
    remove: () => rm(temporary, { recursive: true, force: true }),
  };
};
