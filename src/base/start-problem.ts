import { messageOf, systemErrorCode } from './errors.ts';

/** Why a program couldn't be started, in words. Windows starts no script by itself, and says only that there is no such program, or that it isn't valid. */
export function startProblem(cause: unknown, platform: NodeJS.Platform = process.platform): string {
  const isScript = platform === 'win32' && ['ENOENT', 'EINVAL'].includes(systemErrorCode(cause) ?? '');
  return isScript
    ? `${messageOf(cause)} (a script, .cmd or .bat, is started by its shell: cmd /c NAME)`
    : messageOf(cause);
}
