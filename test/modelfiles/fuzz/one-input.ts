import { RegistryError } from '../../../src/base/errors.ts';
import { type FileSet, MAX_READ_BYTES } from '../../../src/modelfiles/file-set.ts';
import { completenessOf, type Inspection, inspectModel } from '../../../src/modelfiles/inspect.ts';
import { bytesSource } from '../../../src/modelfiles/read/window.ts';
import { seededRandom } from '../../simulation/random.ts';
import type { Files } from './corpus.ts';
import { generated } from './generate.ts';
import { mutated } from './mutate.ts';

/** What the readers may take from a file of a few kilobytes, all reads of both calls together. */
const MAX_ALL_READS = 2 ** 28;
/** A file of a few kilobytes can't say more than this. */
const MAX_ANSWER_CHARACTERS = 20_000_000;

/** The input that belongs to a seed: mostly a real model that was changed, else one that was made up. */
export function inputOf(seed: number, models: readonly Files[]): Files {
  const random = seededRandom(seed);
  return random.chance(0.75) ? mutated(models, random) : generated(random);
}

/** What was made of an input. */
export interface Reading {
  readonly formats: readonly string[];
  readonly hadProblems: boolean;
}

/** Reads an input as a person's file is read. Throws where anything happens that mustn't. */
export async function readInput(files: Files): Promise<Reading> {
  const set = watchedSet(files);
  const inspection = await inspectModel(set);
  const completeness = await completenessOf(set);
  set.check();
  checkAnswer(inspection, files);
  if (completeness.kind === 'incomplete' && typeof completeness.why !== 'string') throw new Error('no reason given');
  checkPrototypes();
  return {
    formats: inspection.formats.map(({ id }) => id),
    hadProblems: (inspection.facts?.problems?.length ?? 0) > 0,
  };
}

/** A set in memory that tells what is asked of it. */
function watchedSet(files: Files): FileSet & { check(): void } {
  let readBytes = 0;
  let open = 0;
  return {
    files: [...files].map(([path, bytes]) => ({ path, sizeBytes: bytes.length })),
    problems: [],
    async open(path) {
      const bytes = files.get(path);
      if (!bytes) throw new RegistryError('PATH_NOT_FOUND', `${path} was opened, which is in no set`);
      const source = bytesSource(bytes);
      open += 1;
      return {
        sizeBytes: bytes.length,
        async read(offset, length) {
          if (!Number.isSafeInteger(offset) || offset < 0 || !Number.isSafeInteger(length) || length < 0)
            throw new Error(`${length} bytes at ${offset} were asked for`);
          if (length > MAX_READ_BYTES) throw new Error(`${length} bytes were asked for at once`);
          readBytes += length;
          if (readBytes > MAX_ALL_READS) throw new Error('more was read than a file of this size can need');
          return source.read(offset, length);
        },
        close: async () => {
          open -= 1;
        },
      };
    },
    check() {
      if (open !== 0) throw new Error(`${open} files were left open`);
    },
  };
}

function checkAnswer({ facts, formats }: Inspection, files: Files): void {
  const answer = JSON.stringify({ facts, formats });
  if (answer.length > MAX_ANSWER_CHARACTERS) throw new Error(`the answer is ${answer.length} characters long`);
  if (!facts) return;
  for (const value of [facts, facts.metadata ?? {}])
    if (Object.getPrototypeOf(value) !== Object.prototype) throw new Error('a prototype came from the file');
  if (facts.parameterCount !== undefined && !(Number.isSafeInteger(facts.parameterCount) && facts.parameterCount >= 0))
    throw new Error(`${facts.parameterCount} parameters`);
  for (const { name, shape, place } of facts.tensors ?? []) {
    if (typeof name !== 'string' || !shape.every((size) => typeof size === 'number')) throw new Error('no tensor');
    if (!place) continue;
    const size = files.get(place.path)?.length ?? -1;
    const isInside = place.offset >= 0 && place.sizeBytes >= 0 && place.offset + place.sizeBytes <= size;
    if (!isInside) throw new Error(`the tensor ${name} lies outside of ${place.path}`);
  }
}

const BUILT_IN = [Object.prototype, Array.prototype, String.prototype, Function.prototype].map((prototype) => ({
  prototype,
  names: Reflect.ownKeys(prototype).length,
}));

function checkPrototypes(): void {
  for (const { prototype, names } of BUILT_IN)
    if (Reflect.ownKeys(prototype).length !== names) throw new Error('a file changed what all objects share');
}
