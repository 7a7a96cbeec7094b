import type { DangerFinding, DangerReport, ModelFacts, SignatureEntry } from '../facts.ts';
import { listAt, textAt, valueAt } from '../read/json-value.ts';

/** What the configuration of a Keras model says: its layers, what it is given, and what of it runs code when it is loaded. */
export function factsOfKerasConfig(
  config: unknown,
  place: { readonly path: string; readonly member?: string },
): Pick<ModelFacts, 'architecture' | 'inputs'> & {
  readonly danger: DangerReport;
  readonly metadata: readonly (readonly [string, string])[];
} {
  const layers = listAt(config, 'config', 'layers');
  const architecture = textAt(config, 'registered_name') ?? textAt(config, 'class_name');
  const inputs = layers.filter((layer) => textAt(layer, 'class_name') === 'InputLayer').map(inputOf);
  const name = textAt(config, 'config', 'name');
  const optimizer = textAt(config, 'compile_config', 'optimizer', 'class_name');
  const loss = valueAt(config, 'compile_config', 'loss');
  return {
    ...(architecture === undefined ? {} : { architecture }),
    ...(inputs.length > 0 ? { inputs } : {}),
    danger: dangerOf(config, place),
    metadata: [
      ...(name === undefined ? [] : ([['name', name]] as const)),
      ...(layers.length > 0 ? ([['layers', countedNames(layers)]] as const) : []),
      ...(optimizer === undefined ? [] : ([['optimizer', optimizer]] as const)),
      ...(typeof loss === 'string' ? ([['loss', loss]] as const) : []),
    ],
  };
}

function inputOf(layer: unknown): SignatureEntry {
  const config = valueAt(layer, 'config');
  const shape = valueAt(config, 'batch_shape') ?? valueAt(config, 'batch_input_shape');
  const dtype = textAt(config, 'dtype') ?? textAt(config, 'dtype', 'config', 'name');
  return {
    name: textAt(config, 'name') ?? textAt(layer, 'name') ?? '',
    ...(dtype === undefined ? {} : { dtype }),
    ...(Array.isArray(shape) ? { shape: shape.map((size) => (typeof size === 'number' ? size : null)) } : {}),
  };
}

/** `Dense × 2, Dropout`, in the order in which they come first. */
function countedNames(layers: readonly unknown[]): string {
  const counts = new Map<string, number>();
  for (const layer of layers) {
    const name = textAt(layer, 'class_name') ?? 'unnamed';
    if (name !== 'InputLayer') counts.set(name, (counts.get(name) ?? 0) + 1);
  }
  return [...counts].map(([name, count]) => (count === 1 ? name : `${name} × ${count}`)).join(', ');
}

const MAX_NODES = 1_000_000;
const MAX_FINDINGS = 1000;
/** Modules of Python that no layer comes from, and that reach the machine. */
const REACHING_MODULES =
  /^(os|posix|nt|sys|subprocess|pty|socket|shutil|importlib|runpy|ctypes|pickle|_pickle|dill|marshal|types|code|codeop|builtins|operator|_operator|functools|webbrowser|urllib|http|requests|tempfile|pathlib|io|multiprocessing|threading|asyncio|platform|pip|pdb|timeit|cProfile|bdb)(\.|$)/;

/** Keras imports the module and calls the name that an object of the configuration gives. */
function dangerOf(config: unknown, place: { readonly path: string; readonly member?: string }): DangerReport {
  const findings = new Map<string, DangerFinding>();
  const add = (verdict: 'dangerous' | 'unknown', what: string, why: string) => {
    if (findings.size < MAX_FINDINGS) findings.set(what, { verdict, what, why, ...place });
  };
  const waiting: unknown[] = [config];
  for (let count = 0; waiting.length > 0 && count < MAX_NODES; count += 1) {
    const value = waiting.pop();
    if (typeof value !== 'object' || value === null) continue;
    for (const child of Object.values(value)) if (typeof child === 'object') waiting.push(child);
    const className = textAt(value, 'class_name');
    if (className !== undefined) judge(value, className, add);
  }
  const all = [...findings.values()];
  const verdict = all.some((finding) => finding.verdict === 'dangerous')
    ? 'dangerous'
    : all.length > 0
      ? 'unknown'
      : 'none-found';
  return { verdict, findings: all };
}

function judge(
  value: object,
  className: string,
  add: (verdict: 'dangerous' | 'unknown', what: string, why: string) => void,
) {
  const module = textAt(value, 'module');
  const registered = textAt(value, 'registered_name');
  const name = module === undefined ? className : `${module}.${className}`;
  if (className === '__lambda__')
    add(
      'dangerous',
      'Python code of a lambda',
      'Compiled Python code stands in the file and runs when the model is loaded or used.',
    );
  else if (className === 'Lambda') {
    const layer = textAt(value, 'config', 'name') ?? 'without a name';
    // Keras 2 has the code in a list, Keras 3 in an object.
    const isCode =
      Array.isArray(valueAt(value, 'config', 'function')) ||
      textAt(value, 'config', 'function', 'class_name') === '__lambda__';
    add(
      isCode ? 'dangerous' : 'unknown',
      `Lambda layer ${layer}`,
      isCode
        ? 'Compiled Python code stands in the file and runs when the model is loaded or used.'
        : 'The layer runs a function that the file names or brings along.',
    );
  } else if (className === 'function')
    add(
      'unknown',
      `function ${textAt(value, 'config') ?? ''}`,
      'A function of this name has to be there, and runs with the model.',
    );
  else if (module !== undefined && REACHING_MODULES.test(module))
    add('dangerous', name, 'It isn’t part of a model: loading the file would import and call it.');
  else if (
    module !== undefined &&
    !/^(keras|keras_hub|keras_cv|keras_nlp|tensorflow\.keras|tf_keras)(\.|$)/.test(module)
  )
    add('unknown', name, 'It comes from a package that isn’t known here, and its code runs when the model is loaded.');
  else if (registered?.includes('>'))
    add('unknown', registered, 'A class of somebody’s own, whose code runs when the model is loaded.');
}
