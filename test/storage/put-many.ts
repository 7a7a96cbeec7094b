// Puts its own name under many keys, in another process than the test's, and prints the keys that it created.
import { filesystemStore } from '../../src/storage/filesystem-store.ts';

const [root = '', name = '', count = '0'] = process.argv.slice(2);
const store = filesystemStore(root);
const created: string[] = [];
process.stdout.write('ready\n');
process.stdin.once('data', async () => {
  for (let index = 0; index < Number(count); index += 1) {
    const key = `log/${index}`;
    if ((await store.putIfAbsent(key, new TextEncoder().encode(name.repeat(20_000)))) === 'created') created.push(key);
  }
  process.stdout.write(`${JSON.stringify(created)}\n`);
  process.exit(0);
});
