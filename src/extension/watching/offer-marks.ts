import { createHash } from 'node:crypto';
import { access, mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { systemErrorCode } from '../../base/errors.ts';
import { isAlive, startOf } from '../../storage/process-alive.ts';

/**
 * What was offered on this machine and what a person doesn't want to be offered, in whatever window: an empty file for each. The editor's own state would tell
 * another window on the same folder only once that is loaded anew.
 */
export class OfferMarks {
  readonly #folder: string;
  /** Of this window, where files can't be written. */
  readonly #own = new Set<string>();

  constructor(storage: string) {
    this.#folder = join(storage, 'offers');
  }

  /** Makes the mark. True for whoever is first, and for nobody after that. */
  async isFirst(mark: string): Promise<boolean> {
    if (this.#own.has(mark)) return false;
    this.#own.add(mark);
    try {
      await mkdir(this.#folder, { recursive: true });
      await writeFile(this.#fileOf(mark), '', { flag: 'wx' });
      return true;
    } catch (error) {
      return systemErrorCode(error) !== 'EEXIST';
    }
  }

  async has(mark: string): Promise<boolean> {
    if (this.#own.has(mark)) return true;
    return access(this.#fileOf(mark)).then(
      () => true,
      () => false,
    );
  }

  /** Asks, unless another window asks the same now. False where it does. One that ended without an answer doesn't count. */
  async whileAsking(what: string, ask: () => Promise<void>): Promise<boolean> {
    await mkdir(this.#folder, { recursive: true }).catch(() => undefined);
    const file = `${this.#fileOf(what)}.asking`;
    const own = `${process.pid} ${startOf(process.pid)}`;
    for (let tries = 0; tries < 2; tries += 1) {
      const taken = await writeFile(file, own, { flag: 'wx' }).then(
        () => false,
        (error: unknown) => systemErrorCode(error) === 'EEXIST',
      );
      if (!taken) break;
      const [pid, start] = (await readFile(file, 'utf8').catch(() => '')).split(' ');
      if (tries > 0 || isAlive(Number(pid), start)) return false;
      await rm(file, { force: true });
    }
    try {
      await ask();
    } finally {
      await rm(file, { force: true });
    }
    return true;
  }

  #fileOf(mark: string): string {
    return join(this.#folder, createHash('sha256').update(mark).digest('hex'));
  }
}
