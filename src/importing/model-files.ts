import { basename } from 'node:path';
import { verdictOfName } from '../outputs/finding/model-names.ts';
import { proposalFor } from '../outputs/finding/proposal.ts';
import { matcherOf } from '../project/declared-paths.ts';
import { holds, nameOf, pathBelow } from '../runs/paths.ts';
import type { FoundModel } from './found.ts';
import { timeOf } from './names.ts';
import { extentOf } from './sizes.ts';
import type { Source } from './sources.ts';

const MAX_MODELS = 100;

/** Files that are models by their names, where nothing tells more of them. */
export const modelFiles: Source = {
  kind: 'files',
  isWhole: false,
  readsTogether: true,
  recognise: ({ folder, entries }) =>
    entries
      .filter(({ name, isFolder }) => !isFolder && verdictOfName(name) === 'model')
      .map(({ name }) => pathBelow(folder, name)),
  async read(places, { files, claimed }) {
    const models: FoundModel[] = [];
    const taken = [...claimed];
    let left: { readonly path: string; readonly mtimeMs: number }[] = [];
    for (const path of places) {
      const stat = await files.stat(path);
      if (stat && stat.sizeBytes > 0 && !taken.some((place) => holds(place, path)))
        left.push({ path, mtimeMs: stat.mtimeMs });
    }
    while (left.length > 0 && models.length < MAX_MODELS) {
      const takenNames = models.map(({ name }) => name);
      const workspaceName = basename(files.root);
      const proposal = proposalFor({ models: left, beside: [], takenNames, workspaceName });
      if (!proposal) break;
      const isOutput = matcherOf(proposal.outputs);
      const [pattern = ''] = proposal.outputs;
      // A folder is a model as a whole; of a series of checkpoints the newest stands for it.
      const place = /^[^*]+\/\*\*$/.test(pattern) ? pattern.slice(0, -3).replaceAll('\\', '') : proposal.example;
      const extent = await extentOf(place, files);
      const before = left.length;
      left = left.filter(({ path }) => !isOutput(path) && path !== proposal.example);
      if (!extent || left.length === before) continue;
      models.push({
        source: 'files',
        place,
        name: proposal.name,
        isRegistered: true,
        versions: [{ label: nameOf(place), paths: [place], sizeBytes: extent.sizeBytes, ...timeOf(extent.mtimeMs) }],
      });
    }
    return { models };
  },
};
