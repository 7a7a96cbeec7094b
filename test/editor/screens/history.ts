import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { Author } from '../../../src/catalog/read-models/author.ts';
import type { Registry } from '../../../src/registry/api/registry.ts';
import { initRegistry, openRegistry } from '../../../src/registry/open.ts';

export const HOUR_MS = 3_600_000;
export const DAY_MS = 24 * HOUR_MS;

export const ADA: Author = { name: 'Ada Lovelace', email: 'ada@example.com' };
export const GRACE: Author = { name: 'Grace Hopper', email: 'grace@example.com' };

/** A registry whose past is made now: by several people, at times that the caller says. */
export interface History {
  readonly registryDir: string;
  /** The moment of what is recorded next. */
  readonly now: number;
  pass(ms: number): void;
  as(author: Author): Registry;
  close(): Promise<void>;
}

/** Makes a registry in `registryDir` that begins `daysAgo`, for these people. */
export async function beginHistory(
  registryDir: string,
  options: { readonly daysAgo: number; readonly people: readonly Author[]; readonly stateDir: string },
): Promise<History> {
  const { daysAgo, people, stateDir } = options;
  let now = Date.now() - daysAgo * DAY_MS;
  const clock = () => now;
  await initRegistry({ dir: registryDir, clock });
  const open = new Map<string, Registry>();
  for (const author of people) {
    open.set(author.email, await openRegistry({ dir: registryDir, author, via: 'cli', stateDir, clock }));
  }
  return {
    registryDir,
    get now() {
      return now;
    },
    pass(ms) {
      now += ms;
    },
    as(author) {
      const registry = open.get(author.email);
      if (registry === undefined) throw new Error(`${author.name} isn't among those who opened the registry.`);
      return registry;
    },
    async close() {
      for (const registry of open.values()) await registry.close();
    },
  };
}

/** Writes a file below `dir`, with the folders that it needs. */
export async function writeBelow(dir: string, path: string, content: string | Uint8Array): Promise<string> {
  const file = join(dir, path);
  await mkdir(dirname(file), { recursive: true });
  await writeFile(file, content);
  return file;
}
