import { spawnSync } from 'node:child_process';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type LoadSnippet, loadSnippet, type SnippetSubject } from '../../../src/modelfiles/loading/load-snippet.ts';

function snippetOf(paths: readonly string[], facts?: SnippetSubject['facts'], rest: Partial<SnippetSubject> = {}) {
  const files = paths.map((path, index) => ({ path, sizeBytes: 1000 - index }));
  return loadSnippet({ ref: 'fraud-detector@7', files, ...(facts ? { facts } : {}), ...rest });
}

/** The lines that load, after those that fetch. */
function loadingOf({ python }: LoadSnippet): readonly string[] {
  return python.split('\nfiles = from_registry("fraud-detector@7")\n')[1]?.split('\n') ?? [];
}

describe('the way to load a version', () => {
  it('fetches the files in the registry’s own way, and installs what they were made with', () => {
    const { commandLine, python, loader } = snippetOf(
      ['model.joblib'],
      { format: 'pickle', framework: { name: 'scikit-learn', version: '1.9.1' } },
      {
        packages: [
          { name: 'scikit_learn', version: '1.9.1' },
          { name: 'torch', version: '2.4.1+cu124' },
        ],
      },
    );
    expect(commandLine.split('\n')).toEqual([
      'model-registry pull fraud-detector@7 --to fraud-detector-7',
      'pip install joblib scikit-learn==1.9.1',
    ]);
    expect(python).toContain('[command, "path", version]');
    expect(loader).toBe('scikit-learn');
  });

  it.each<[string, readonly string[], SnippetSubject['facts'], readonly string[]]>([
    [
      'weights of PyTorch, without running code',
      ['model.pt'],
      { format: 'pytorch', framework: { name: 'PyTorch' } },
      ['state_dict = torch.load(files, map_location="cpu", weights_only=True)'],
    ],
    [
      'a whole module of PyTorch',
      ['model.pt', 'vocab.txt'],
      { format: 'pytorch', framework: { name: 'PyTorch' }, architecture: 'net.Classifier' },
      ['model = torch.load(files / "model.pt", map_location="cpu", weights_only=False)'],
    ],
    [
      'TorchScript',
      ['model.pt'],
      { format: 'pytorch', framework: { name: 'PyTorch' }, architecture: 'Net', metadata: { archive: 'TorchScript' } },
      ['model = torch.jit.load(files, map_location="cpu")'],
    ],
    [
      'a checkpoint of Lightning',
      ['last.ckpt'],
      { format: 'pytorch', framework: { name: 'PyTorch Lightning', version: '2.6.6' } },
      ['state_dict = checkpoint["state_dict"]'],
    ],
    [
      'sharded safetensors',
      ['model-00001-of-00002.safetensors', 'model-00002-of-00002.safetensors', 'model.safetensors.index.json'],
      { format: 'safetensors' },
      ['for part in ["model-00001-of-00002.safetensors", "model-00002-of-00002.safetensors"]:'],
    ],
    ['a pickle of nobody knows what', ['model.pkl'], { format: 'pickle' }, ['    model = pickle.load(stream)']],
    ['XGBoost', ['model.ubj', 'features.json'], { format: 'xgboost' }, ['model.load_model(files / "model.ubj")']],
    ['LightGBM', ['model.txt'], { format: 'lightgbm' }, ['model = lightgbm.Booster(model_file=files)']],
    ['CatBoost', ['model.cbm'], { format: 'catboost' }, ['model.load_model(str(files))']],
    ['Keras', ['model.keras'], { format: 'keras' }, ['model = keras.saving.load_model(files)']],
    [
      'a SavedModel in a folder',
      ['export/saved_model.pb', 'export/variables/variables.index', 'notes.md'],
      { format: 'savedmodel' },
      ['model = tf.saved_model.load(str(files / "export"))'],
    ],
    ['TFLite', ['model.tflite'], { format: 'tflite' }, ['model = Interpreter(model_path=str(files))']],
    [
      'ONNX',
      ['model.onnx', 'model.onnx.data'],
      { format: 'onnx' },
      ['model = onnxruntime.InferenceSession(str(files / "model.onnx"))'],
    ],
    [
      'the first part of a GGUF',
      ['m-00002-of-00002.gguf', 'm-00001-of-00002.gguf'],
      { format: 'gguf' },
      ['model = Llama(model_path=str(files / "m-00001-of-00002.gguf"))'],
    ],
    [
      'a folder of Transformers, with its tokenizer and head',
      ['config.json', 'model.safetensors', 'tokenizer.json'],
      { format: 'huggingface', architecture: 'BertForMaskedLM' },
      ['tokenizer = AutoTokenizer.from_pretrained(files)', 'model = AutoModelForMaskedLM.from_pretrained(files)'],
    ],
    [
      'weights with a model card and nothing else',
      ['README.md', 'model.safetensors'],
      { format: 'huggingface', framework: { name: 'Transformers' } },
      ['tensors = load_file(files / "model.safetensors")'],
    ],
    [
      'an adapter on the base model that the Hub has',
      ['adapter_config.json', 'adapter_model.safetensors'],
      { format: 'peft' },
      ['base = AutoModelForCausalLM.from_pretrained(config.base_model_name_or_path)'],
    ],
    ['MLflow', ['MLmodel', 'model.pkl'], { format: 'mlflow' }, ['model = mlflow.pyfunc.load_model(str(files))']],
    [
      'Core ML',
      ['a.mlpackage/Manifest.json', 'a.mlpackage/Data/x.mlmodel'],
      { format: 'coreml' },
      ['model = coremltools.models.MLModel(str(files / "a.mlpackage"))'],
    ],
    ['arrays of NumPy', ['weights.npz'], { format: 'numpy' }, ['arrays = numpy.load(files)']],
  ])('loads %s', (_what, paths, facts, lines) => {
    expect(loadingOf(snippetOf(paths, facts))).toEqual(expect.arrayContaining([...lines]));
  });

  it('takes the base of an adapter from the registry where it is there', () => {
    const snippet = snippetOf(
      ['adapter_config.json', 'adapter_model.safetensors'],
      { format: 'peft' },
      { base: 'bert@3' },
    );
    expect(snippet.python).toContain('base = AutoModelForCausalLM.from_pretrained(from_registry("bert@3"))');
    expect(snippet.notes).toEqual([]);
  });

  it('goes by the names of files where nobody has read them', () => {
    expect(snippetOf(['a/model.onnx']).loader).toBe('ONNX Runtime');
    expect(snippetOf(['weights.safetensors']).loader).toBe('safetensors');
  });

  it('says how to get files that no framework is known for', () => {
    // A name such as `model.bin` says nothing.
    expect(snippetOf(['model.bin']).loader).toBeUndefined();
    const { loader, commandLine, python, notes } = snippetOf(['model.bin'], { format: 'unknown' });
    expect(notes).toEqual(['The format of these files isn’t known, so this only gets them.']);
    expect(loader).toBeUndefined();
    expect(commandLine).toBe('model-registry pull fraud-detector@7 --to fraud-detector-7');
    expect(python.endsWith('files = from_registry("fraud-detector@7")')).toBe(true);
  });

  it('says what runs code', () => {
    expect(snippetOf(['m.pkl'], { format: 'pickle' }).notes).toEqual([expect.stringContaining('can run code')]);
    expect(snippetOf(['m.safetensors'], { format: 'safetensors' }).notes).toEqual([]);
  });

  it('never writes what a shell would take for more than a word', () => {
    const ref = 'x; rm -rf $HOME@7';
    const { commandLine } = loadSnippet({
      ref,
      files: [{ path: '$(reboot)/m.gguf', sizeBytes: 1 }],
      facts: { format: 'gguf' },
      packages: [{ name: 'llama-cpp-python', version: '1; reboot' }],
    });
    expect(commandLine.split('\n')).toEqual([
      'model-registry pull MODEL@VERSION --to FOLDER',
      'pip install llama-cpp-python',
      'llama-cli -m FOLDER/FILE -p "Hello"',
    ]);
  });

  const python = spawnSync('python3', ['--version']).status === 0;
  it.runIf(python)('is Python, whatever files, names and architectures are called', () => {
    const formats = [
      'pytorch',
      'safetensors',
      'pickle',
      'keras',
      'hdf5',
      'peft',
      'huggingface',
      'gguf',
      'onnx',
      'coreml',
    ];
    const name = fc.string({ unit: 'grapheme', minLength: 1, maxLength: 12 });
    const subject = fc.record({
      ref: name,
      files: fc.array(
        fc.record({
          path: fc.oneof(name, fc.constantFrom('a"b.pt', "c'd.bin", 'e\\f.onnx', 'x-1-of-2.bin')),
          sizeBytes: fc.nat(),
        }),
        { maxLength: 4 },
      ),
      facts: fc.record({
        format: fc.constantFrom(...formats),
        architecture: fc.oneof(name, fc.constant('Net\nimport os')),
        framework: fc.record({ name: fc.constantFrom('PyTorch', 'scikit-learn', 'Keras', 'PyTorch Lightning') }),
      }),
    });
    const snippets = fc.sample(subject, { numRuns: 300, seed: 7 }).map((one) => loadSnippet(one).python);
    const { stderr, status } = spawnSync(
      'python3',
      [
        '-c',
        'import ast, json, sys\nfor text in json.load(sys.stdin):\n    tree = ast.parse(text)\n    assert not any(isinstance(n, ast.Import) and n.names[0].name == "os" for n in ast.walk(tree)), text',
      ],
      { input: JSON.stringify(snippets), encoding: 'utf8' },
    );
    expect({ stderr, status }).toEqual({ stderr: '', status: 0 });
  });
});
