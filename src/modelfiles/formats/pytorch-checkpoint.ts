import type { ModelFacts } from '../facts.ts';
import { metadataOf } from '../metadata.ts';
import { describe, isPlain } from '../pickle/describe.ts';
import { classPath, isKind, namedEntries, type Value } from '../pickle/values.ts';
import { type PickledTensor, tensorsBelow } from './pytorch-tensors.ts';

/** Under which names a checkpoint has the weights, beside optimisers and counters. */
const WEIGHTS = ['state_dict', 'model_state_dict', 'model', 'module', 'net', 'network', 'params', 'ema', 'weights'];

export interface Checkpoint {
  readonly tensors: readonly (readonly [string, PickledTensor])[];
  readonly facts: Pick<ModelFacts, 'framework' | 'architecture' | 'metadata'>;
}

/** What the object in a file of PyTorch says: weights, a whole module, or a checkpoint with either in it. */
export function readCheckpoint(root: Value): Checkpoint {
  const entries = namedEntries(root);
  const weights = WEIGHTS.map((name) => entries.get(name)).find((value) => value !== undefined && hasTensors(value));
  const isModule = isKind(root, 'object') && !/^collections\.|AttributeDict$/.test(classPath(root) ?? '');
  const model = weights ?? root;
  const lightning = entries.get('pytorch-lightning_version');
  const type = moduleClass(isModule ? root : weights);
  const metadata: [string, string][] = [];
  if (!isModule) {
    for (const [name, value] of entries) {
      if (isPlain(value)) metadata.push([name, describe(value)]);
      else if (name === 'hyper_parameters' || name === 'hparams' || name === 'config' || name === 'args')
        for (const [key, entry] of namedEntries(value))
          metadata.push([`${name}.${key}`, describe(entry, 1).replace(/^'([^']*)'$/, '$1')]);
    }
  }
  return {
    tensors: [...tensorsBelow(model)],
    facts: {
      framework:
        lightning === undefined
          ? { name: 'PyTorch' }
          : { name: 'PyTorch Lightning', ...(typeof lightning === 'string' ? { version: lightning } : {}) },
      ...(type === undefined ? {} : { architecture: type }),
      ...(metadata.length > 0 ? { metadata: metadataOf(metadata) } : {}),
    },
  };
}

function hasTensors(value: Value): boolean {
  return tensorsBelow(value).next().done !== true;
}

/** The class of a whole module, as it was defined. */
function moduleClass(value: Value | undefined): string | undefined {
  const path = classPath(value);
  if (path === undefined || path === 'collections.OrderedDict') return undefined;
  return path.replace(/^__torch__\./, '').replace(/^__main__\./, '');
}
