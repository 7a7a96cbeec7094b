import * as fs from 'node:fs/promises';
import { mkdir, readdir } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { filesystemStore } from '../../src/storage/filesystem-store.ts';
import { probeAtomicCreate } from '../../src/storage/probe.ts';
import { retryWhileBusy } from '../../src/storage/system-errors.ts';
import { bytes, text } from './object-store-suite.ts';
import { tempFolder } from './temp-folder.ts';

vi.mock('node:fs/promises', async (original) => {
  const actual = await original<typeof fs>();
  return { ...actual, open: vi.fn(actual.open), link: vi.fn(actual.link), unlink: vi.fn(actual.unlink) };
});
const actual = await vi.importActual<typeof fs>('node:fs/promises');

/** What the store asked of the file system, in order, with paths relative to its root. */
let calls: string[] = [];
let root = '';

beforeEach(async () => {
  root = await tempFolder();
  calls = [];
  vi.mocked(fs.open).mockImplementation(async (path, flags, mode) => {
    const handle = await actual.open(path, flags, mode);
    const name = nameOf(path);
    return new Proxy(handle, {
      get(target, property) {
        if (property === 'sync') {
          return async () => {
            await failing('sync', name);
            calls.push(`sync ${name}`);
            await target.sync();
          };
        }
        if (property === 'write') {
          return async (chunk: Uint8Array, offset: number, length: number) => {
            await failing('write', name);
            return target.write(chunk, offset, length);
          };
        }
        const value: unknown = Reflect.get(target, property, target);
        return typeof value === 'function' ? value.bind(target) : value;
      },
    });
  });
  vi.mocked(fs.link).mockImplementation(async (from, to) => {
    await failing('link', nameOf(to));
    calls.push(`link ${nameOf(to)}`);
    await actual.link(from, to);
  });
  vi.mocked(fs.unlink).mockImplementation(async (path) => {
    await failing('unlink', nameOf(path));
    calls.push(`unlink ${nameOf(path)}`);
    await actual.unlink(path);
  });
});

let faults: { readonly action: string; readonly name: string; readonly code: string }[] = [];
afterEach(() => {
  faults = [];
});

async function failing(action: string, name: string): Promise<void> {
  const index = faults.findIndex((fault) => fault.action === action && fault.name === name);
  const [fault] = index < 0 ? [] : faults.splice(index, 1);
  if (fault) throw systemError(fault.code);
}

function systemError(code: string): Error {
  return Object.assign(new Error(`${code}: simulated`), { code });
}

function nameOf(path: unknown): string {
  const name = String(path);
  if (!name.startsWith(root)) return name === dirname(root) ? '(above)' : name;
  return name.slice(root.length + 1).replace(/\.tmp-.*/, 'temporary') || '(root)';
}

describe('a put on a file system', () => {
  it('flushes the bytes before they get their name, and the name before it returns', async () => {
    await mkdir(join(root, 'log'));
    const store = filesystemStore(root);
    await store.putIfAbsent('log/0', bytes('warm up'));
    calls = [];
    expect(await store.putIfAbsent('log/1', bytes('x'))).toBe('created');
    expect(calls.slice(0, 4)).toEqual(['sync staging/temporary', 'link log/1', 'unlink staging/temporary', 'sync log']);
  });

  it('makes each new folder durable in the folder around it', async () => {
    await filesystemStore(root).putIfAbsent('objects/sha256/ab/x', bytes('x'));
    const linked = calls.indexOf('link objects/sha256/ab/x');
    const before = calls.slice(0, linked);
    expect(before).toEqual(
      expect.arrayContaining(['sync objects/sha256', 'sync objects', 'sync (root)', 'sync (above)']),
    );
  });

  it('makes durable the folders that another process made and may not have flushed', async () => {
    await mkdir(join(root, 'log'));
    const store = filesystemStore(root);
    await store.putIfAbsent('log/1', bytes('x'));
    expect(calls.slice(0, calls.indexOf('link log/1'))).toContain('sync (root)');
    calls = [];
    await store.putIfAbsent('log/2', bytes('x'));
    expect(calls).not.toContain('sync (root)');
    await store.putIfAbsent('log/inner/3', bytes('x'));
    expect(calls.filter((call) => call === 'sync log')).toHaveLength(2);
    expect(calls).not.toContain('sync (root)');
  });

  it('flushes the file and the folder of another writer before it says that the key exists', async () => {
    await mkdir(join(root, 'log'));
    await actual.writeFile(join(root, 'log', '1'), 'theirs');
    expect(await filesystemStore(root).putIfAbsent('log/1', bytes('x'))).toBe('exists');
    expect(calls.slice(calls.indexOf('link log/1') + 1).filter((call) => call.startsWith('sync'))).toEqual([
      'sync log/1',
      'sync log',
    ]);
  });

  it('says that it created what it had linked before the answer was lost', async () => {
    vi.mocked(fs.link).mockImplementation(async (from, to) => {
      await actual.link(from, to);
      throw systemError('EEXIST');
    });
    expect(await filesystemStore(root).putIfAbsent('log/1', bytes('x'))).toBe('created');
  });

  it('says that a disk is full, leaves nothing behind, and can be repeated', async () => {
    const store = filesystemStore(root);
    faults = [{ action: 'write', name: 'staging/temporary', code: 'ENOSPC' }];
    const error = await store.putIfAbsent('log/1', bytes('x')).catch((caught: unknown) => caught);
    expect(error).toMatchObject({ code: 'STORAGE_FULL', cause: { code: 'ENOSPC' } });
    expect(await readdir(join(root, 'staging'))).toEqual([]);
    expect(await store.putIfAbsent('log/1', bytes('x'))).toBe('created');
  });

  it('gives no name to bytes that could not be flushed', async () => {
    faults = [{ action: 'sync', name: 'staging/temporary', code: 'EIO' }];
    const store = filesystemStore(root);
    await expect(store.putIfAbsent('log/1', bytes('x'))).rejects.toMatchObject({ code: 'STORAGE_FAILED' });
    expect(await readdir(join(root, 'staging'))).toEqual([]);
  });

  it('does not acknowledge a name that could not be flushed', async () => {
    await filesystemStore(root).putIfAbsent('log/0', bytes('x'));
    const store = filesystemStore(root);
    await store.putIfAbsent('log/1', bytes('x'));
    faults = [{ action: 'sync', name: 'log', code: 'EIO' }];
    await expect(store.putIfAbsent('log/2', bytes('x'))).rejects.toMatchObject({ code: 'STORAGE_FAILED' });
    expect(await store.putIfAbsent('log/2', bytes('x'))).toBe('exists');
  });

  it('accepts a file system that can not flush folders', async () => {
    const store = filesystemStore(root);
    faults = [{ action: 'sync', name: 'log', code: 'EINVAL' }];
    expect(await store.putIfAbsent('log/1', bytes('x'))).toBe('created');
  });

  it.each([
    ['EACCES', 'STORAGE_READONLY'],
    ['EROFS', 'STORAGE_READONLY'],
    ['EDQUOT', 'STORAGE_FULL'],
    ['EMFILE', 'STORAGE_FAILED'],
  ])('explains %s as %s', async (code, expected) => {
    faults = [{ action: 'link', name: 'log/1', code }];
    const store = filesystemStore(root);
    await expect(store.putIfAbsent('log/1', bytes('x'))).rejects.toMatchObject({ code: expected, cause: { code } });
    expect(await readdir(join(root, 'log'))).toEqual([]);
    expect(await readdir(join(root, 'staging'))).toEqual([]);
  });

  it('waits for a file that is in use', async () => {
    faults = [
      { action: 'link', name: 'log/1', code: 'EBUSY' },
      { action: 'link', name: 'log/1', code: 'EBUSY' },
    ];
    const store = filesystemStore(root);
    expect(await store.putIfAbsent('log/1', bytes('x'))).toBe('created');
    expect(text(await store.get('log/1'))).toBe('x');
  });

  it('says that a folder is closed, by its permissions or a mark, and not that links are missing where they are not', async () => {
    const store = filesystemStore(root);
    await store.putIfAbsent('log/1', bytes('x'));
    faults = [{ action: 'link', name: 'log/2', code: 'EPERM' }];
    await expect(store.putIfAbsent('log/2', bytes('y'))).rejects.toMatchObject({ code: 'NO_ATOMIC_CREATE' });
    faults = [{ action: 'link', name: 'log/2', code: 'EPERM' }];
    const open = vi.mocked(fs.open).getMockImplementation() ?? actual.open;
    vi.mocked(fs.open).mockImplementation(async (path, flags, mode) => {
      if (flags === 'wx' && dirname(String(path)) === join(root, 'log')) throw systemError('EPERM');
      return open(path, flags, mode);
    });
    await expect(store.putIfAbsent('log/2', bytes('y'))).rejects.toMatchObject({
      code: 'STORAGE_READONLY',
      message: expect.stringMatching(/log.* can't be written: the system forbids it \(EPERM\), as for what is marked/),
    });
    expect(await readdir(join(root, 'log'))).toEqual(['1']);
  });

  it('succeeds although its temporary file can not be removed', async () => {
    faults = [
      { action: 'unlink', name: 'staging/temporary', code: 'EPERM' },
      { action: 'unlink', name: 'staging/temporary', code: 'EPERM' },
      { action: 'unlink', name: 'staging/temporary', code: 'EPERM' },
    ];
    const store = filesystemStore(root);
    expect(await store.putIfAbsent('log/1', bytes('x'))).toBe('created');
    expect(await store.list('')).toEqual(['log/1']);
  });
});

describe('retrying while a file is in use', () => {
  const failingWith = (code: string, times: number) => {
    let left = times;
    return async () => {
      left -= 1;
      if (left >= 0) throw systemError(code);
      return 'done';
    };
  };

  it('takes a lack of permission for a passing one on Windows only', async () => {
    expect(await retryWhileBusy(failingWith('EPERM', 3), { platform: 'win32' })).toBe('done');
    await expect(retryWhileBusy(failingWith('EPERM', 1), { platform: 'linux' })).rejects.toMatchObject({
      code: 'EPERM',
    });
  });

  it('gives up in the end', async () => {
    await expect(retryWhileBusy(failingWith('EBUSY', 100), { platform: 'linux' })).rejects.toMatchObject({
      code: 'EBUSY',
    });
  });
});

describe('the probe of a file system', () => {
  it('accepts one with links, and leaves nothing behind', async () => {
    await probeAtomicCreate(root);
    expect(await readdir(root)).toEqual([]);
  });

  it.each(['EPERM', 'ENOTSUP', 'EISDIR', 'ENOSYS'])('refuses one whose link says %s', async (code) => {
    vi.mocked(fs.link).mockRejectedValue(systemError(code));
    await expect(probeAtomicCreate(root)).rejects.toMatchObject({ code: 'NO_ATOMIC_CREATE', cause: { code } });
    expect(await readdir(root)).toEqual([]);
  });

  it('refuses one whose link replaces files', async () => {
    vi.mocked(fs.link).mockImplementation((from, to) => actual.copyFile(from, to));
    await expect(probeAtomicCreate(root)).rejects.toMatchObject({ code: 'NO_ATOMIC_CREATE' });
    expect(await readdir(root)).toEqual([]);
  });

  it('says that a folder can not be written to', async () => {
    vi.mocked(fs.open).mockRejectedValue(systemError('EROFS'));
    await expect(probeAtomicCreate(root)).rejects.toMatchObject({ code: 'STORAGE_READONLY' });
  });
});
