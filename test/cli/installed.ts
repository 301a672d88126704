import { execFileSync } from 'node:child_process';

/** Whether a program that takes what the command writes is on this machine. */
export const isInstalled = (command: string): boolean => {
  try {
    execFileSync('sh', ['-c', `command -v ${command}`]);
    return true;
  } catch {
    return false;
  }
};
