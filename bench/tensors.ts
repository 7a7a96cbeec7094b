import { mkdtemp, open, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { inspectModel } from '../src/modelfiles/inspect.ts';
import { localFileSet } from '../src/modelfiles/local-files.ts';
import { compareTensors } from '../src/modelfiles/tensors/compare-tensors.ts';
import { hashTensors } from '../src/modelfiles/tensors/weights-digest.ts';

/**
 * How long reading and comparing the tensors of two models takes, and in how much memory: `npm run tensors [GiB of each]`. Half of the
 * tensors of the second model are changed, so that all bytes of both are read.
 */
const TENSORS = 200;
const BLOCK = 4 * 1024 * 1024;

async function writeModel(path: string, gib: number, salt: number): Promise<void> {
  const each = Math.floor((gib * 2 ** 30) / TENSORS / 4096) * 4096;
  const entries = Array.from({ length: TENSORS }, (_, index) => [
    `model.layer.${index}.weight`,
    { dtype: 'F32', shape: [each / 4], data_offsets: [index * each, (index + 1) * each] },
  ]);
  const header = Buffer.from(JSON.stringify(Object.fromEntries(entries)));
  const length = Buffer.alloc(8);
  length.writeBigUInt64LE(BigInt(header.length));
  const numbers = new Float32Array(BLOCK / 4);
  const file = await open(path, 'w');
  try {
    await file.writeFile(Buffer.concat([length, header]));
    for (let index = 0; index < TENSORS; index += 1) {
      const shift = index % 2 === 0 ? 0 : salt;
      for (let place = 0; place < numbers.length; place += 1) numbers[place] = Math.sin(place + index) + shift;
      for (let done = 0; done < each; done += BLOCK)
        await file.write(new Uint8Array(numbers.buffer, 0, Math.min(BLOCK, each - done)));
    }
  } finally {
    await file.close();
  }
}

async function timed<T>(what: string, bytes: number, work: () => Promise<T>): Promise<T> {
  const startedAt = performance.now();
  const result = await work();
  const seconds = (performance.now() - startedAt) / 1000;
  const peak = process.resourceUsage().maxRSS / 1024;
  console.log(
    `${what}: ${seconds.toFixed(1)} s, ${(bytes / 2 ** 20 / seconds).toFixed(0)} MiB/s, peak ${peak.toFixed(0)} MiB`,
  );
  return result;
}

async function main(gib: number): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'model-registry-tensors-'));
  try {
    const paths = [join(folder, 'a.safetensors'), join(folder, 'b.safetensors')] as const;
    for (const [index, path] of paths.entries()) await writeModel(path, gib, index * 0.01);
    const sides = await Promise.all(
      paths.map(async (path) => {
        const set = await localFileSet(path);
        return { set, tensors: (await inspectModel(set)).facts?.tensors ?? [] };
      }),
    );
    const [before, after] = sides;
    if (!before || !after) return;
    const bytes = gib * 2 ** 30;
    await timed(`Hashing the tensors of ${gib} GiB`, bytes, () => hashTensors(before.set, before.tensors));
    const { counts } = await timed(`Comparing two models of ${gib} GiB`, 2 * bytes, () =>
      compareTensors(before, after),
    );
    console.log(JSON.stringify(counts));
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

await main(Number(process.argv[2] ?? 0.5));
