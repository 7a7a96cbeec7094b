import { relative } from 'node:path';
import { BaseSequencer, type TestSpecification } from 'vitest/node';

/** Test files that take more than 15 seconds, the longest first. */
export const LONG = [
  'webviews/looks',
  'webviews/version',
  'webviews/wide-tables',
  'cli/story',
  'webviews/keyboard',
  'webviews/version-parts',
  'cli/sharing',
  'registry/space/processes',
  'cli/run',
  'webviews/model',
  'cli/after',
  'webviews/comparison',
  'webviews/plots',
  'cli/surroundings',
  'simulation/simulation',
  'webviews/review',
  'webviews/restricted',
  'webviews/cut-names',
  'cli/processes',
  'cli/damage',
  'extension/registries/registry-connection',
  'cli/refusals',
  'cli/gate-kinds',
  'cli/gates',
  'cli/space',
  'lineage/configured-git',
  'registry/space/gc',
  'registry/shared/hostile-storage',
  'cli/policy',
  'cli/reviews',
].map((name) => `test/${name}.test.ts`);

/**
 * Starts the files first that take long, so that none of them is left for the end, when one worker would go on alone. Vitest itself orders by how
 * long each took the last time, which nobody knows in a fresh clone, and there by size.
 */
export class LongestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const places = new Map(LONG.map((path, place) => [path, place]));
    const placeOf = ({ moduleId }: TestSpecification) =>
      places.get(relative(this.ctx.config.root, moduleId).replaceAll('\\', '/')) ?? LONG.length;
    return (await super.sort(files)).sort((one, other) => placeOf(one) - placeOf(other));
  }
}
