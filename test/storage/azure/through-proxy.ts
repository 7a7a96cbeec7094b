// `node through-proxy.ts URL`: stores and reads something there with what the environment says, and prints what came of it.
import { messageOf, RegistryError } from '../../../src/base/errors.ts';
import { connectContainer } from '../../../src/storage/azure/connect.ts';

async function main(): Promise<unknown> {
  const { store } = await connectContainer(process.argv[2] ?? '', { clock: Date.now, env: process.env });
  const absent = await store.get('nothing');
  const put = await store.putIfAbsent('log/1.jsonl', new TextEncoder().encode('x'));
  return { absent: absent === undefined, put };
}

main().then(
  (done) => console.log(JSON.stringify(done)),
  (error: unknown) => {
    console.log(JSON.stringify({ code: RegistryError.is(error) ? error.code : 'INTERNAL', message: messageOf(error) }));
  },
);
