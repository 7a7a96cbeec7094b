import { access, lstat } from 'node:fs/promises';
import { isAbsent } from './system-errors.ts';

/** Whether something has the name: a link that leads nowhere is there, too. */
export async function isThere(path: string): Promise<boolean> {
  try {
    await lstat(path);
    return true;
  } catch (error) {
    if (isAbsent(error)) return false;
    throw error;
  }
}

/** Whether a path leads to something that can be looked at: false, too, where that isn't allowed or fails. */
export function isReachable(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  );
}
