import { EventEmitter } from 'node:events';
import { expect, it, vi } from 'vitest';
import { safetensors } from './safetensors.ts';
import { makeWorkspace, watchWorkspace } from './workspace.ts';

const refusal = vi.hoisted(() => () => Object.assign(new Error('no space left on device'), { code: 'ENOSPC' }));

vi.mock('chokidar', () => ({
  watch: () => {
    const watcher = Object.assign(new EventEmitter(), { close: async () => undefined });
    queueMicrotask(() => watcher.emit('error', refusal()));
    return watcher;
  },
}));
vi.mock('node:fs', async (original) => ({
  ...(await original<typeof import('node:fs')>()),
  watch: () => {
    throw refusal();
  },
}));

it('looks by itself where the system refuses to watch, and says once how to change that', async () => {
  const workspace = await makeWorkspace();
  const watching = watchWorkspace(workspace, 'outputs: [models/fraud/**]');
  await watching.rescan();
  await workspace.write('models/fraud/model.safetensors', safetensors([1]));
  await workspace.newest(1);
  await workspace.write('models/fraud/model.safetensors', safetensors([2]));
  await workspace.newest(2);
  expect(watching.problems).toEqual([
    expect.objectContaining({ code: 'WATCH_FAILED', message: expect.stringContaining('max_user_watches') }),
  ]);
});
