import { describe, expect, it } from 'vitest';
import type { FileSet } from '../../src/modelfiles/file-set.ts';
import { completenessOf } from '../../src/modelfiles/inspect.ts';
import { bytesSource } from '../../src/modelfiles/read/window.ts';
import { allFixtures } from './fixtures.ts';
import { corpus, type Files } from './fuzz/corpus.ts';

/** Formats whose files tell by themselves that something is missing, wherever they are cut. */
const TELLING = ['coreml', 'gguf', 'hdf5', 'keras', 'onnx', 'safetensors', 'savedmodel'];
const CUTS = 40;

const fixtures = await allFixtures();
const models = await corpus();

describe('a model of which the end is missing is not taken for whole', () => {
  it.each(fixtures.map(({ name }, index) => ({ name, files: models[index] })).filter(({ name }) => isTelling(name)))(
    '$name',
    async ({ files = new Map() }) => {
      for (const [path, bytes] of files) {
        if (!isPart(path)) continue;
        for (let cut = 1; cut <= CUTS; cut += 1) {
          const length = Math.floor((bytes.length * (CUTS - cut)) / CUTS);
          const shorter = new Map(files).set(path, bytes.subarray(0, length));
          expect((await completenessOf(setOf(shorter))).kind, `${path} at ${length} of ${bytes.length}`).not.toBe(
            'complete',
          );
        }
      }
    },
  );

  it.each(fixtures.map(({ name }, index) => ({ name, files: models[index] })).filter(({ name }) => isTelling(name)))(
    '$name with zeros in place of what is not written yet',
    async ({ files = new Map() }) => {
      for (const [path, bytes] of files)
        if (isPart(path))
          expect((await completenessOf(setOf(new Map(files).set(path, new Uint8Array(bytes.length))))).kind).not.toBe(
            'complete',
          );
    },
  );
});

function isTelling(name: string): boolean {
  return TELLING.includes(name.split('/')[0] ?? '');
}

/** Files that a model can do without. */
function isPart(path: string): boolean {
  return !/fingerprint\.pb$|\.data$|\.bin$|\.data-\d+-of-\d+$/.test(path);
}

function setOf(files: Files): FileSet {
  return {
    files: [...files].map(([path, bytes]) => ({ path, sizeBytes: bytes.length })),
    problems: [],
    open: async (path) => bytesSource(files.get(path) ?? new Uint8Array(0)),
  };
}
