// Puts one object after the other and prints each key once it was acknowledged, until it is killed.
import { filesystemStore } from '../../src/storage/filesystem-store.ts';

const store = filesystemStore(process.argv[2] ?? '');
for (let index = 0; ; index += 1) {
  const key = `log/${index}`;
  await store.putIfAbsent(key, new Uint8Array(200_000).fill(index % 256));
  process.stdout.write(`${key}\n`);
}
