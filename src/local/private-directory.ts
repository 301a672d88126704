import { chmod, lstat, mkdir, stat } from 'node:fs/promises';

const OTHERS_MAY_WRITE = 0o022;
const OTHERS_MAY_ANYTHING = 0o077;

/** Why what lies in a directory may be another user's doing; undefined when it cannot be. */
const whyNotOurs = async (directory: string, uid: number): Promise<string | undefined> => {
  // A link of somebody else's may lead to another place tomorrow.
  const found = [await lstat(directory), await stat(directory)];
  const other = found.find((one) => one.uid !== uid);
  if (other) return `belongs to the user ${other.uid}, not to ${uid}, who runs this server`;
  const open = found.some((one) => one.isDirectory() && (one.mode & OTHERS_MAY_WRITE) !== 0);
  return open ? 'may be written by other users, who may have put an operator key of theirs in it' : undefined;
};

/**
 * Makes a directory for this user alone, or closes one that others may read.
 * @throws Error when others may have written in it: who can do that can choose the operator key
 */
export const makePrivate = async (directory: string): Promise<void> => {
  await mkdir(directory, { recursive: true, mode: 0o700 });
  const uid = process.getuid?.();
  // Windows has no such modes: a user's own folders are that user's there.
  if (uid === undefined) return;
  const reason = await whyNotOurs(directory, uid);
  if (reason)
    throw new Error(
      `The directory ${directory} ${reason}. Look at what it holds, then change its owner and mode (chmod 700), or name another one in DATA_DIR.`,
    );
  if (((await stat(directory)).mode & OTHERS_MAY_ANYTHING) !== 0) await chmod(directory, 0o700);
};
