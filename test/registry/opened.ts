import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach } from 'vitest';
import type { Author, Via } from '../../src/catalog/read-models/author.ts';
import type { Registry } from '../../src/registry/api/registry.ts';
import { initRegistry, openRegistry } from '../../src/registry/open.ts';
import type { OwnKey } from '../../src/registry/signing.ts';

const ends: (() => Promise<unknown>)[] = [];

afterEach(async () => {
  for (const end of ends.splice(0).reverse()) await end();
});

/** A folder with a registry in `registry`, and what a person does in it. */
export interface Place {
  readonly dir: string;
  readonly registryDir: string;
  /** Opens the registry once more, as another process would. */
  open(options?: {
    readonly author?: Author;
    readonly via?: Via;
    readonly clock?: () => number;
    readonly ownKey?: OwnKey;
  }): Promise<Registry>;
  write(path: string, content: string | Uint8Array): Promise<string>;
  /** Every file of the registry that is part of the format, by its key. */
  files(): Promise<ReadonlyMap<string, string>>;
}

export const ANN: Author = { name: 'Ann', email: 'ann@example.org' };
export const BOB: Author = { name: 'Bob', email: 'bob@example.org' };

export async function makePlace(): Promise<Place> {
  const dir = await mkdtemp(join(tmpdir(), 'model-registry-test-'));
  ends.push(() => rm(dir, { recursive: true, force: true }));
  const registryDir = join(dir, 'registry');
  await initRegistry({ dir: registryDir });
  return {
    dir,
    registryDir,
    async open({ author = ANN, via = 'cli', clock, ownKey } = {}) {
      const stateDir = join(dir, 'state');
      const registry = await openRegistry({
        dir: registryDir,
        author,
        via,
        stateDir,
        ...(clock ? { clock } : {}),
        ...(ownKey ? { ownKey } : {}),
      });
      ends.push(() => registry.close());
      return registry;
    },
    async write(path, content) {
      const file = join(dir, path);
      await mkdir(dirname(file), { recursive: true });
      await writeFile(file, content);
      return file;
    },
    async files() {
      const entries = await readdir(registryDir, { recursive: true, withFileTypes: true });
      const files = new Map<string, string>();
      for (const entry of entries) {
        const key = join(entry.parentPath, entry.name).slice(registryDir.length + 1);
        if (!entry.isFile() || /^(catalog|checkouts|staging)/.test(key) || entry.name.startsWith('.')) continue;
        files.set(key, (await readFile(join(registryDir, key))).toString('base64'));
      }
      return new Map([...files].sort(([a], [b]) => (a < b ? -1 : 1)));
    },
  };
}

/** Registers versions of `fraud` with different bytes and metrics `auc` of 0.9, 0.91 … */
export async function registerVersions(place: Place, registry: Registry, count: number): Promise<void> {
  for (let index = 0; index < count; index += 1) {
    const file = await place.write('out/model.bin', `weights ${index}`);
    await registry.register({ model: 'fraud', paths: [file], metrics: { auc: 0.9 + index / 100 } });
  }
}
