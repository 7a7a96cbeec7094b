// Registers a few files again and again, or frees space again and again, in a process of its own, and says what it did.
import { writeSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import * as v from 'valibot';
import { RegistryError } from '../../../src/base/errors.ts';
import { openRegistry } from '../../../src/registry/open.ts';
import { armKillPoint } from '../../crashes/kill-point.ts';
import { killPointSchema } from '../../crashes/lines.ts';
import { pick, seededRandom } from '../../crashes/random.ts';

const optionsSchema = v.object({
  registryDir: v.string(),
  stateDir: v.string(),
  workDir: v.string(),
  name: v.string(),
  role: v.picklist(['register', 'free']),
  times: v.number(),
  seed: v.number(),
  killPoint: v.optional(killPointSchema),
});
export type WorkerOptions = v.InferOutput<typeof optionsSchema>;

const CONTENTS = ['weights a', 'weights b', 'weights c'] as const;
const MODELS = ['fraud', 'churn'] as const;

function say(line: Readonly<Record<string, unknown>>): void {
  writeSync(1, `${JSON.stringify(line)}\n`);
}

async function work(): Promise<void> {
  const { registryDir, stateDir, workDir, name, role, times, seed, killPoint } = v.parse(
    optionsSchema,
    JSON.parse(process.argv[2] ?? ''),
  );
  const random = seededRandom(seed);
  const begin = killPoint ? await armKillPoint(killPoint) : () => undefined;
  const registry = await openRegistry({ dir: registryDir, stateDir, author: { name, email: '' }, via: 'cli' });
  for (let count = 0; count < times; count += 1) {
    begin(count);
    say({ type: 'began' });
    if (role === 'register') {
      const content = pick(random, CONTENTS);
      const file = join(workDir, `${name}.bin`);
      await writeFile(file, content);
      const params = { content, from: `${name}-${count}` };
      const { version } = await registry.register({ model: pick(random, MODELS), paths: [file], params });
      say({ type: 'registered', id: version.id, content });
      // So that much of it is of no use any more.
      if (random() < 0.3) await registry.deleteVersion({ ref: version.id, reason: 'wrong data' }).catch(unlessKnown);
    } else {
      const freed = await registry.gc().then(({ freed: { objects } }) => objects, unlessKnown);
      say({ type: 'freed', objects: freed ?? 0 });
      await delay(random() * 10);
    }
  }
  await registry.close();
}

/** Another process stores files for long, or has deleted the version or taken it as its own latest. */
function unlessKnown(error: unknown): undefined {
  if (
    RegistryError.is(error) &&
    ['SPACE_BUSY', 'VERSION_NOT_FOUND', 'VERSION_DELETED', 'CONFLICT'].includes(error.code)
  )
    return;
  throw error;
}

void work();
