import { systemClock } from '../base/clock.ts';
import type { OperationOptions } from '../base/progress.ts';
import { authorOf } from '../lineage/author.ts';
import { ownKeyIn } from '../lineage/own-key.ts';
import type { LogHead } from '../registry/api/log.ts';
import type { AttachReport } from '../registry/api/sharing.ts';
import { attachRemote } from '../registry/shared/attach.ts';
import { remoteConnector } from '../registry/shared/connect.ts';
import { workerOption } from './context.ts';
import { pinnedHere } from './pinning.ts';

/** `remote add`: in the name of this person, with what the environment says. */
export async function attachHere(
  request: {
    readonly dir: string;
    readonly cwd: string;
    readonly url: string;
    readonly isPreview: boolean;
    readonly upload?: 'on-register' | 'on-promote';
    readonly pinned?: LogHead;
  },
  operation: OperationOptions,
): Promise<AttachReport> {
  const { cwd, ...attach } = request;
  // A project says which commit its shared registry has, so that a clone of it isn't led to another one.
  const pinned = attach.pinned ?? (await pinnedHere(cwd, attach.url));
  const author = await authorOf(cwd);
  const ownKey = ownKeyIn(cwd, { env: process.env, isInteractive: true });
  const clock = systemClock;
  return attachRemote({
    ...attach,
    ...operation,
    author,
    ownKey,
    ...(pinned ? { pinned } : {}),
    via: 'cli',
    clock,
    ...workerOption(),
    connect: remoteConnector({ clock, env: process.env }),
  });
}
