// Asks for one change after the other in a registry that others change too, and prints what became of each.
import { once } from 'node:events';
import * as v from 'valibot';
import { messageOf, RegistryError } from '../../src/base/errors.ts';
import type { Registry } from '../../src/registry/api/registry.ts';
import { openRegistry } from '../../src/registry/open.ts';
import { type HammerAnswer, hammerOptionsSchema } from './hammer-lines.ts';
import { pick, seededRandom } from './random.ts';

const options = v.parse(hammerOptionsSchema, JSON.parse(process.argv[2] ?? ''));
const { registryDir: dir, stateDir, name, count } = options;
const random = seededRandom(options.seed);

async function ask(registry: Registry, token: string): Promise<number | undefined> {
  if (options.kind === 'note') {
    await registry.note({ ref: 'fraud@1', text: token });
    return undefined;
  }
  const { seq } = await registry.promote({
    ref: `fraud@${pick(random, [1, 2])}`,
    stage: 'production',
    reason: token,
  });
  return seq;
}

async function hammer(): Promise<void> {
  const registry = await openRegistry({ dir, stateDir, author: { name, email: '' }, via: 'cli' });
  await registry.refresh();
  process.stdout.write('"ready"\n');
  await once(process.stdin, 'data');
  const answers: HammerAnswer[] = [];
  for (let index = 0; index < count; index += 1) {
    const token = `${name}-${index}`;
    const begin = performance.now();
    const answer = await ask(registry, token).then(
      (seq) => ({ seq }),
      (error: unknown) => ({ refused: RegistryError.is(error) ? error.code : messageOf(error) }),
    );
    answers.push({ token, ms: performance.now() - begin, ...answer });
  }
  await registry.close();
  process.stdout.write(`${JSON.stringify(answers)}\n`, () => process.exit(0));
}

hammer();
