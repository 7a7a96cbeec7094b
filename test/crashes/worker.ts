// Works in a registry without end, saying before each operation what it begins and after it that it is done, until it is killed.
import * as v from 'valibot';
import { messageOf, RegistryError } from '../../src/base/errors.ts';
import { openRegistry } from '../../src/registry/open.ts';
import { armKillPoint } from './kill-point.ts';
import { say, workerOptionsSchema } from './lines.ts';
import { OPERATIONS, operate, REFUSALS } from './operations.ts';
import { pick, seededRandom } from './random.ts';

/** Operations between two openings: closing saves the catalog, opening loads it. */
const OPERATIONS_AN_OPENING = 6;

async function work(): Promise<void> {
  const options = v.parse(workerOptionsSchema, JSON.parse(process.argv[2] ?? ''));
  const random = seededRandom(options.seed);
  const begin = options.killPoint ? await armKillPoint(options.killPoint) : () => undefined;
  const author = { name: options.name, email: '' };
  const { registryDir: dir, stateDir } = options;
  for (let count = 0; ; ) {
    const registry = await openRegistry({ dir, author, via: 'cli', stateDir });
    say({ type: 'opened' });
    for (const end = count + OPERATIONS_AN_OPENING; count < end; count += 1) {
      const token = `${options.name}-${count}`;
      const kind = pick(random, OPERATIONS);
      begin(count);
      say({ type: 'began', token, kind });
      try {
        say({ type: 'done', token, kind, ...(await operate(kind, { registry, options, random, token })) });
      } catch (error) {
        if (!RegistryError.is(error) || !REFUSALS.has(error.code)) throw error;
        say({ type: 'refused', token, kind, code: error.code, message: error.message });
      }
    }
    await registry.close();
  }
}

work().catch((error: unknown) => {
  const code = RegistryError.is(error) ? `${error.code}: ` : '';
  say({ type: 'failed', message: `${code}${messageOf(error)}\n${error instanceof Error ? error.stack : ''}` });
  process.exitCode = 1;
});
