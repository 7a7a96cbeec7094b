import type { DangerFinding } from '../facts.ts';
import { whyDangerous } from './dangerous-imports.ts';
import { whyNamed, whyOfKind } from './known-imports.ts';

export interface Judgement {
  readonly verdict: DangerFinding['verdict'];
  readonly why: string;
}

/** Modules that had other names in Python 2, whose pickles Python 3 still loads. */
const renamed: ReadonlyMap<string, string> = new Map([
  ['__builtin__', 'builtins'],
  ['__builtins__', 'builtins'],
  ['exceptions', 'builtins'],
  ['copy_reg', 'copyreg'],
  ['UserDict', 'collections'],
  ['UserList', 'collections'],
  ['UserString', 'collections'],
]);

/**
 * What an import in a pickle means. Loading the pickle imports the module, which runs its code, and most often calls what was imported,
 * with arguments of the pickle's choice. So nothing is safe: `known` is what frameworks need and what doesn't run its arguments.
 */
export function judgeImport(givenModule: string, givenName: string): Judgement {
  const trimmed = givenModule.trim();
  const module = renamed.get(trimmed) ?? trimmed;
  const name = givenName.trim();
  const path = `${module}.${name}`;
  if (/^__torch__(\.|$)/.test(module))
    return { verdict: 'known', why: 'is a class of TorchScript, which exists in PyTorch’s interpreter only' };
  const named = whyNamed(module, name);
  if (named !== undefined) return { verdict: 'known', why: named };
  const dangerous = whyDangerous(path, name.split('.'));
  if (dangerous !== undefined) return { verdict: 'dangerous', why: dangerous };
  const ofKind = whyOfKind(module, name);
  if (ofKind !== undefined) return { verdict: 'known', why: ofKind };
  if (module === '__main__' || module === '__mp_main__')
    return { verdict: 'unknown', why: 'is defined in the script that made the file, whose code is needed to load it' };
  if (module.startsWith('scipy.stats.'))
    return { verdict: 'unknown', why: 'is a distribution of SciPy, which runs code from its state when it is loaded' };
  if (name.includes('.')) return { verdict: 'unknown', why: 'is reached through something else, and isn’t known' };
  return {
    verdict: 'unknown',
    why: 'isn’t known: loading the file imports its module and calls it, whatever that does',
  };
}
