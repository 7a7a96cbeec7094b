import { filesWith } from '../cached-heads.ts';
import type { ModelFacts } from '../facts.ts';
import { type FileSet, withFile } from '../file-set.ts';
import { mergeFacts } from '../merge-facts.ts';
import type { Completeness, ModelFormat } from '../model-format.ts';
import { looksLikePickle } from '../pickle/looks-like-pickle.ts';
import { isZip } from '../read/zip.ts';
import { pickleCompleteness } from './pickle-completeness.ts';
import { pickleFacts } from './pickle-facts.ts';
import { isTorchHead } from './pytorch.ts';

/** Pickles and what joblib writes: estimators of scikit-learn, boosters, and anything else that Python has. */
export const pickle: ModelFormat = {
  id: 'pickle',
  label: 'Pickle, joblib',
  recognise: async (set) => {
    const named = (await filesWith(set, isNamed, (head) => !isTorchHead(head) && !isZip(head))) ?? [];
    const alike =
      (await filesWith(
        set,
        (path) => !isNamed(path) && isPossible(path),
        (head) => looksLikePickle(head) && !isTorchHead(head),
      )) ?? [];
    const found = [...named, ...alike].sort();
    return found.length > 0 ? found : undefined;
  },
  completeness: async (set, paths): Promise<Completeness> => {
    let isCertain = true;
    for (const path of paths) {
      const answer = await withFile(set, path, (source) => pickleCompleteness(source));
      if (answer === 'unknown') isCertain = false;
      else if (answer !== undefined) return { kind: 'incomplete', path, why: answer };
    }
    return { kind: isCertain ? 'complete' : 'plausible' };
  },
  facts: async (set: FileSet, paths) => {
    const parts: ModelFacts[] = [];
    for (const path of paths) parts.push(await withFile(set, path, (source) => pickleFacts(source, path, 'pickle')));
    return mergeFacts(parts) ?? { format: 'pickle' };
  },
};

function isNamed(path: string): boolean {
  return /\.(pkl|pickle|p|pk|joblib|jl|sav)(\.(z|gz|bz2|xz|lzma|lz4))?$/.test(path);
}

/** Without a name of its own: what other formats and programs have names for isn't looked into. */
function isPossible(path: string): boolean {
  return /(\.(model|dump|dat|data|obj|clf|est|z)|(^|\/)[^./]+)$/.test(path);
}
