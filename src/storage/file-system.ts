import { constants } from 'node:fs';
import * as node from 'node:fs/promises';
import { setTimeout as delay } from 'node:timers/promises';

/**
 * The operations on files that everything durable is made of, so that a test can make each of them fail, come late or lose its answer.
 * They behave, and fail with the codes, as in `node:fs/promises`.
 */
export interface FileSystem {
  /** `wx` makes a new file, and fails with `EEXIST` where the name is taken; `r` fails with `ELOOP` where a link to a file stands there. */
  open(path: string, flags: 'r' | 'r+' | 'wx', mode?: number): Promise<OpenFile>;
  /** Gives a file one more name; fails with `EEXIST` where the name is taken. */
  link(from: string, to: string): Promise<void>;
  unlink(path: string): Promise<void>;
  /** Makes a folder and those around it. Returns the outermost one that it made. */
  mkdir(folder: string): Promise<string | undefined>;
  stat(path: string): Promise<FileStatus>;
  /** As `stat`, of a link itself. */
  lstat(path: string): Promise<FileStatus>;
  readdir(folder: string): Promise<readonly FolderEntry[]>;
  /** True where both paths name one file. */
  isSameFile(path: string, other: string): Promise<boolean>;
  /** Waits before a file that is in use is tried again. */
  delay(milliseconds: number): Promise<unknown>;
}

/** An open file, or a folder that is open to be flushed. */
export interface OpenFile {
  read(into: Uint8Array, offset: number, length: number, position: number): Promise<{ readonly bytesRead: number }>;
  write(chunk: Uint8Array, offset: number, length: number): Promise<{ readonly bytesWritten: number }>;
  /** fsync */
  sync(): Promise<void>;
  stat(): Promise<FileStatus>;
  close(): Promise<void>;
}

export interface FileStatus {
  readonly size: number;
  readonly mtimeMs: number;
  isFile(): boolean;
  isDirectory(): boolean;
  isSymbolicLink(): boolean;
}

export interface FolderEntry {
  readonly name: string;
  isFile(): boolean;
  isDirectory(): boolean;
}

/** Opening a pipe would otherwise wait until somebody writes into it. */
export const READING = constants.O_RDONLY | (constants.O_NONBLOCK ?? 0);

/** Whether opening failed because a link stands there. */
export function isLink(error: unknown): boolean {
  return error instanceof Error && 'code' in error && (error.code === 'ELOOP' || error.code === 'EMLINK');
}

/** The file system of this machine. It reads through links to folders, but not to files: who may write to a shared folder could have any file read. */
export const nodeFileSystem: FileSystem = {
  async open(path, flags, mode) {
    if (flags !== 'r') return node.open(path, flags, mode);
    try {
      return await node.open(path, READING | (constants.O_NOFOLLOW ?? 0));
    } catch (error) {
      if (!isLink(error) || !(await node.stat(path).catch(() => undefined))?.isDirectory()) throw error;
      return node.open(path, READING);
    }
  },
  link: (from, to) => node.link(from, to),
  unlink: (path) => node.unlink(path),
  mkdir: (folder) => node.mkdir(folder, { recursive: true }),
  stat: (path) => node.stat(path),
  lstat: (path) => node.lstat(path),
  readdir: (folder) => node.readdir(folder, { withFileTypes: true }),
  async isSameFile(path, other) {
    const [one, two] = await Promise.all([node.stat(path, { bigint: true }), node.stat(other, { bigint: true })]);
    return one.ino === two.ino && one.dev === two.dev;
  },
  delay,
};
