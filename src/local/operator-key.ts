import { randomBytes } from 'node:crypto';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { makePrivate } from './private-directory.ts';

export interface KeptOperatorKey {
  readonly key: string;
  readonly file: string;
  /** Made just now: nobody has seen it yet. */
  readonly isNew: boolean;
}

/** The operator key kept in the data directory, made at first start. */
export const keptOperatorKey = async (directory: string): Promise<KeptOperatorKey> => {
  await makePrivate(directory);
  const file = join(directory, 'operator-key');
  try {
    const key = randomBytes(24).toString('base64url');
    await writeFile(file, `${key}\n`, { mode: 0o600, flag: 'wx' });
    return { key, file, isNew: true };
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'EEXIST')) throw error;
    return { key: (await readFile(file, 'utf8')).trim(), file, isNew: false };
  }
};
