// Does a few things in a registry under a restriction (no handles left, another user, a limit of the shell's) and prints how each went.
import { closeSync, mkdirSync, openSync } from 'node:fs';
import { join } from 'node:path';
import * as v from 'valibot';
import { messageOf, RegistryError } from '../../src/base/errors.ts';
import type { Registry } from '../../src/registry/api/registry.ts';
import { initRegistry, openRegistry } from '../../src/registry/open.ts';
import { type Outcome, restrictionSchema, type Step } from './restriction.ts';

const options = v.parse(restrictionSchema, JSON.parse(process.argv[2] ?? ''));
const { registryDir, stateDir, workDir } = options;

const steps: Readonly<Record<Step, (registry: Registry) => Promise<unknown>>> = {
  list: (registry) => registry.listVersions(),
  log: (registry) => registry.log(),
  verify: async (registry) => {
    const { problems } = await registry.verify({ artifacts: true });
    if (problems.length > 0) throw new Error(JSON.stringify(problems));
  },
  register: (registry) => registry.register({ model: 'fraud', paths: [join(workDir, 'new.bin')] }),
  promote: (registry) => registry.promote({ ref: 'fraud@2', stage: 'production', reason: 'step' }),
  note: (registry) => registry.note({ ref: 'fraud@1', text: 'step' }),
  alias: (registry) => registry.setAlias({ model: 'fraud', alias: `step-${process.pid}`, ref: 'fraud@1' }),
  pull: (registry) => registry.pull({ ref: 'fraud@1', to: join(workDir, 'pulled') }),
  path: (registry) => registry.path({ ref: 'fraud@1' }),
  init: () => initRegistry({ dir: join(registryDir, 'inner') }),
};

async function outcomeOf(task: Promise<unknown>): Promise<Outcome> {
  return task.then(
    () => ({ code: 'done', message: '' }),
    (error: unknown) => ({ code: RegistryError.is(error) ? error.code : 'UNEXPLAINED', message: messageOf(error) }),
  );
}

/** Opens files until all but `free` handles are taken. */
function takeHandles(free: number): readonly number[] {
  const taken: number[] = [];
  try {
    for (;;) taken.push(openSync('/dev/null', 'r'));
  } catch {
    for (const handle of taken.splice(0, free)) closeSync(handle);
    return taken;
  }
}

async function run(): Promise<void> {
  mkdirSync(workDir, { recursive: true });
  if (options.isNobody) {
    process.setgroups?.([]);
    process.setgid?.(65_534);
    process.setuid?.(65_534);
  }
  const registry = await openRegistry({ dir: registryDir, stateDir, author: { name: 'Ann', email: '' }, via: 'cli' });
  await registry.refresh();
  const taken = options.freeHandles === undefined ? [] : takeHandles(options.freeHandles);
  const outcomes = options.isAtOnce
    ? await Promise.all(options.steps.map((step) => outcomeOf(steps[step](registry))))
    : await options.steps.reduce<Promise<Outcome[]>>(
        async (before, step) => [...(await before), await outcomeOf(steps[step](registry))],
        Promise.resolve([]),
      );
  for (const handle of taken) closeSync(handle);
  const closing = await outcomeOf(registry.close());
  process.stdout.write(JSON.stringify({ outcomes, closing }));
}

run();
