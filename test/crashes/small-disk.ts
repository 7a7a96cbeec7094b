import { execFileSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import fs from 'node:fs/promises';
import { onTestFinished, vi } from 'vitest';
import { tempFolder } from '../storage/temp-folder.ts';

export interface SmallDisk {
  readonly dir: string;
  /** What is removed makes room. */
  readonly isReal: boolean;
  /** Takes all space that is left. Returns the way to give it back. */
  fill(): Promise<() => Promise<void>>;
}

/**
 * A disk of 2 MiB, gone when the test has ended: a file system of its own where this process may mount one, else a folder in which writing
 * fails as it does on a full disk once `fill` was called, or for a single file of more than 2 MiB.
 */
export async function smallDisk(): Promise<SmallDisk> {
  const dir = await tempFolder();
  return (await mounted(dir)) ?? pretended(dir);
}

async function mounted(dir: string): Promise<SmallDisk | undefined> {
  try {
    execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=2m', 'tmpfs', dir], { stdio: 'ignore' });
  } catch {
    return undefined;
  }
  onTestFinished(() => void execFileSync('umount', ['-l', dir]));
  return {
    dir,
    isReal: true,
    async fill() {
      const file = `${dir}/filler`;
      const handle = await fs.open(file, 'wx');
      const page = randomBytes(4096);
      try {
        for (;;) if ((await handle.write(page)).bytesWritten === 0) break;
      } catch {
        // That was the last page.
      } finally {
        await handle.close();
      }
      return () => fs.rm(file);
    },
  };
}

async function pretended(dir: string): Promise<SmallDisk> {
  const probe = await fs.open(process.execPath);
  const prototype: object = Object.getPrototypeOf(probe);
  await probe.close();
  let isFull = false;
  const noSpace = () => Object.assign(new Error('ENOSPC: no space left on device, write'), { code: 'ENOSPC' });
  const refuse = (size: number) => {
    if (isFull || size > 2 * 2 ** 20) throw noSpace();
  };
  for (const name of ['write', 'writeFile']) {
    const original: unknown = Reflect.get(prototype, name);
    if (typeof original !== 'function') throw new Error(`File handles have no ${name}.`);
    const written = new WeakMap<object, number>();
    Reflect.set(prototype, name, async function limited(this: object, ...args: readonly unknown[]) {
      const size = (written.get(this) ?? 0) + (args[0] instanceof Uint8Array ? args[0].length : 0);
      written.set(this, size);
      refuse(size);
      return Reflect.apply(original, this, args);
    });
    onTestFinished(() => void Reflect.set(prototype, name, original));
  }
  return {
    dir,
    isReal: false,
    async fill() {
      isFull = true;
      const whole = vi.spyOn(fs, 'writeFile').mockRejectedValue(noSpace());
      return async () => {
        isFull = false;
        whole.mockRestore();
      };
    },
  };
}
