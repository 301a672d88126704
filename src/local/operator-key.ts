import { randomBytes } from 'node:crypto';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

/** The operator key kept in the data directory, made at first start. */
export const keptOperatorKey = async (directory: string): Promise<string> => {
  const file = join(directory, 'operator-key');
  try {
    const key = randomBytes(24).toString('base64url');
    await writeFile(file, `${key}\n`, { mode: 0o600, flag: 'wx' });
    return key;
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'EEXIST')) throw error;
    return (await readFile(file, 'utf8')).trim();
  }
};
