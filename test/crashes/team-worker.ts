// One person's program on one machine that shares a registry: asks for one change after the other until it is killed.
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import * as v from 'valibot';
import { messageOf, RegistryError } from '../../src/base/errors.ts';
import type { Registry } from '../../src/registry/api/registry.ts';
import { openRegistry } from '../../src/registry/open.ts';
import { say } from './lines.ts';
import { pick, seededRandom } from './random.ts';
import { teamOptionsSchema } from './team-options.ts';

const { dir, stateDir, workDir, name, first, count, seed } = v.parse(
  teamOptionsSchema,
  JSON.parse(process.argv[2] ?? ''),
);
const random = seededRandom(seed);

async function ask(registry: Registry, token: string): Promise<string> {
  // Before anybody has made the model there is nothing to list.
  const { items } = await registry.listVersions({ limit: 5 });
  const kind = pick(random, ['register', 'register', 'note', 'promote', 'promote', 'rollback', 'sync']);
  const version = pick(random, [items[0], ...items.slice(1)]);
  if (kind === 'register' || !version) {
    const file = join(workDir, `${token}.bin`);
    await writeFile(file, `weights ${Math.floor(random() * 5)}`);
    await registry.register({ model: 'fraud', paths: [file], params: { turn: token }, run: { id: token } });
    return 'register';
  }
  if (kind === 'note') await registry.note({ ref: version.id, text: token });
  if (kind === 'promote') await registry.promote({ ref: version.id, stage: 'production', reason: token });
  if (kind === 'rollback') await registry.rollback({ model: 'fraud', reason: token });
  if (kind === 'sync') await registry.sync();
  return kind;
}

async function work(): Promise<void> {
  const registry = await openRegistry({ dir, stateDir, author: { name, email: '' }, via: 'cli' });
  say({ type: 'opened' });
  for (let index = first; index < count; index += 1) {
    const token = `${name}-${index}`;
    say({ type: 'began', token, kind: '' });
    try {
      say({ type: 'done', token, kind: await ask(registry, token) });
    } catch (error) {
      const code = RegistryError.is(error) ? error.code : 'INTERNAL';
      say({ type: 'refused', token, kind: '', code, message: messageOf(error) });
    }
  }
  await registry.close();
}

work().catch((error: unknown) => {
  say({ type: 'failed', message: messageOf(error) });
  process.exitCode = 1;
});
