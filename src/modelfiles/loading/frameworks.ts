import { hubRecipe, peftRecipe } from './hub.ts';
import { type Loadable, PICKLE_NOTE, type Recipe } from './recipe.ts';
import { pytorchRecipe, safetensorsRecipe } from './torch.ts';

/** How each format is loaded, by the framework's own documented way. */
const RECIPES: ReadonlyMap<string, (model: Loadable) => Recipe> = new Map([
  ['pytorch', pytorchRecipe],
  ['safetensors', safetensorsRecipe],
  ['huggingface', hubRecipe],
  ['peft', peftRecipe],
  ['pickle', pickleRecipe],
  ['keras', kerasRecipe],
  ['hdf5', hdf5Recipe],
  [
    'mlflow',
    ({ files }) => {
      const folder = files.folderWith('MLmodel') ?? '';
      return {
        loader: 'MLflow',
        imports: ['import mlflow.pyfunc'],
        lines: [`model = mlflow.pyfunc.load_model(str(${files.folder(folder)}))`],
        packages: ['mlflow'],
        notes: [PICKLE_NOTE],
        command: { path: folder, text: (place) => `mlflow models serve --env-manager local -m ${place}` },
      };
    },
  ],
  [
    'savedmodel',
    ({ files }) => {
      const folder = files.folderWith('saved_model.pb') ?? '';
      return {
        loader: 'TensorFlow',
        imports: ['import tensorflow as tf'],
        lines: [
          `model = tf.saved_model.load(str(${files.folder(folder)}))`,
          'signatures = model.signatures  # serving_default, where it was exported',
        ],
        packages: ['tensorflow'],
        command: { path: folder, text: (place) => `saved_model_cli show --all --dir ${place}` },
      };
    },
  ],
  [
    'gguf',
    ({ files }) => {
      const path = files.main(/-0*1-of-\d+\.gguf$/) ?? files.main(/\.gguf$/) ?? '';
      return {
        loader: 'llama.cpp',
        imports: ['from llama_cpp import Llama'],
        lines: [`model = Llama(model_path=str(${files.file(path)}))`],
        packages: ['llama-cpp-python'],
        command: { path, text: (place) => `llama-cli -m ${place} -p "Hello"` },
      };
    },
  ],
  [
    'onnx',
    ({ files }) => ({
      loader: 'ONNX Runtime',
      imports: ['import onnxruntime'],
      lines: [
        `model = onnxruntime.InferenceSession(str(${files.file(files.main(/\.onnx$/) ?? files.largest ?? '')}))`,
        'inputs = [value.name for value in model.get_inputs()]',
      ],
      packages: ['onnxruntime'],
    }),
  ],
  [
    'tflite',
    ({ files }) => ({
      loader: 'LiteRT',
      imports: ['from ai_edge_litert.interpreter import Interpreter'],
      lines: [
        `model = Interpreter(model_path=str(${files.file(files.main(/\.tflite$/) ?? files.largest ?? '')}))`,
        'model.allocate_tensors()',
      ],
      packages: ['ai-edge-litert'],
    }),
  ],
  [
    'xgboost',
    ({ files }) => ({
      loader: 'XGBoost',
      imports: ['import xgboost'],
      lines: [
        'model = xgboost.Booster()',
        `model.load_model(${files.file(files.main(/\.(ubj|xgb|json|model|bin|deprecated)$/) ?? files.largest ?? '')})`,
      ],
      packages: ['xgboost'],
    }),
  ],
  [
    'lightgbm',
    ({ files }) => ({
      loader: 'LightGBM',
      imports: ['import lightgbm'],
      lines: [
        `model = lightgbm.Booster(model_file=${files.file(files.main(/\.(txt|lgb|model|lgbm)$/) ?? files.largest ?? '')})`,
      ],
      packages: ['lightgbm'],
    }),
  ],
  [
    'catboost',
    ({ files }) => ({
      loader: 'CatBoost',
      imports: ['import catboost'],
      lines: [
        'model = catboost.CatBoost()',
        `model.load_model(str(${files.file(files.main(/\.cbm$/) ?? files.largest ?? '')}))`,
      ],
      packages: ['catboost'],
    }),
  ],
  [
    'coreml',
    ({ files }) => {
      const bundle = /^(.*\.mlpackage)(\/|$)/.exec(files.main(/\.mlpackage\//) ?? '')?.[1];
      const place =
        bundle === undefined ? files.file(files.main(/\.mlmodel$/) ?? files.largest ?? '') : files.folder(bundle);
      return {
        loader: 'Core ML',
        imports: ['import coremltools'],
        lines: [`model = coremltools.models.MLModel(str(${place}))`],
        packages: ['coremltools'],
        notes: ['Core ML predicts on macOS alone; elsewhere the model can be looked at.'],
      };
    },
  ],
  [
    'numpy',
    ({ files }) => ({
      loader: 'NumPy',
      imports: ['import numpy'],
      lines: [
        '# Arrays of objects need allow_pickle=True, which runs code that the file brings along.',
        `arrays = numpy.load(${files.file(files.main(/\.np[yz]$/) ?? files.largest ?? '')})`,
      ],
      packages: ['numpy'],
    }),
  ],
]);

/** Undefined for a format that no framework is known for. */
export function recipeFor(model: Loadable): Recipe | undefined {
  return RECIPES.get(model.format ?? '')?.(model);
}

const BOOSTERS: ReadonlyMap<string, string> = new Map([
  ['XGBoost', 'xgboost'],
  ['LightGBM', 'lightgbm'],
  ['CatBoost', 'catboost'],
  ['scikit-learn', 'scikit-learn'],
]);

function pickleRecipe({ files, framework }: Loadable): Recipe {
  const path = files.main(/\.(joblib|pkl|pickle|sav|dill)$/) ?? files.largest ?? '';
  const made = framework === undefined ? undefined : BOOSTERS.get(framework);
  const file = files.file(path);
  // joblib reads plain pickles, too, and comes with scikit-learn.
  const isJoblib = framework === 'scikit-learn' || path.endsWith('.joblib');
  return {
    loader: framework ?? (isJoblib ? 'joblib' : 'pickle'),
    imports: [isJoblib ? 'import joblib' : 'import pickle'],
    lines: isJoblib
      ? [`model = joblib.load(${file})`]
      : [`with open(${file}, "rb") as stream:`, '    model = pickle.load(stream)'],
    packages: [...(isJoblib ? ['joblib'] : []), ...(made === undefined ? [] : [made])],
    notes: [PICKLE_NOTE],
  };
}

function kerasRecipe({ files }: Loadable): Recipe {
  const path = files.main(/\.keras$/) ?? files.main(/\.h5$/) ?? files.largest ?? '';
  return {
    loader: 'Keras',
    imports: ['import keras'],
    lines: /\.weights\.h5$/.test(path)
      ? ['# model = your_model(...)', `# model.load_weights(${files.file(path)})`, `weights = ${files.file(path)}`]
      : [`model = keras.saving.load_model(${files.file(path)})`],
    packages: ['keras'],
  };
}

/** What Keras wrote into it says its framework; a whole model its architecture, too. */
function hdf5Recipe(model: Loadable): Recipe {
  const { files, framework, architecture } = model;
  const path = files.main(/\.(h5|hdf5|keras)$/) ?? files.largest ?? '';
  if (framework === 'Keras' && architecture !== undefined) return kerasRecipe(model);
  return {
    loader: framework ?? 'HDF5',
    imports: ['import h5py'],
    lines: [`weights = h5py.File(${files.file(path)}, "r")`],
    packages: ['h5py'],
  };
}
