import type { Loadable, Recipe } from './recipe.ts';
import { pythonText } from './words.ts';

/** Endings of class names in a `config.json`, and what loads such a model. */
const AUTO_CLASSES: readonly (readonly [RegExp, string])[] = [
  [/(ForCausalLM|LMHeadModel)$/, 'AutoModelForCausalLM'],
  [/ForMaskedLM$/, 'AutoModelForMaskedLM'],
  [/ForSequenceClassification$/, 'AutoModelForSequenceClassification'],
  [/ForTokenClassification$/, 'AutoModelForTokenClassification'],
  [/ForQuestionAnswering$/, 'AutoModelForQuestionAnswering'],
  [/ForMultipleChoice$/, 'AutoModelForMultipleChoice'],
  [/ForImageClassification$/, 'AutoModelForImageClassification'],
  [/ForObjectDetection$/, 'AutoModelForObjectDetection'],
  [/ForSemanticSegmentation$/, 'AutoModelForSemanticSegmentation'],
  [/ForAudioClassification$/, 'AutoModelForAudioClassification'],
  [/ForSpeechSeq2Seq$/, 'AutoModelForSpeechSeq2Seq'],
  [/ForCTC$/, 'AutoModelForCTC'],
  [/^(T5|MT5|Bart|MBart|Pegasus|Marian|M2M100|LED|Blenderbot|ProphetNet|LongT5|UMT5).*$/, 'AutoModelForSeq2SeqLM'],
];

const TOKENIZER =
  /(^|\/)(tokenizer\.json|tokenizer\.model|tokenizer_config\.json|vocab\.txt|vocab\.json|spiece\.model|sentencepiece\.bpe\.model)$/;

export function hubRecipe({ files, architecture = '' }: Loadable): Recipe {
  const pipeline = files.folderWith('model_index.json');
  if (pipeline !== undefined)
    return {
      loader: 'Diffusers',
      imports: ['from diffusers import DiffusionPipeline'],
      lines: [`pipeline = DiffusionPipeline.from_pretrained(${files.folder(pipeline)})`],
      packages: ['diffusers', 'transformers', 'torch'],
    };
  const sentences = files.folderWith('modules.json');
  if (sentences !== undefined)
    return {
      loader: 'Sentence Transformers',
      imports: ['from sentence_transformers import SentenceTransformer'],
      lines: [`model = SentenceTransformer(str(${files.folder(sentences)}))`],
      packages: ['sentence-transformers'],
    };
  const folder = files.folder(files.folderWith('config.json') ?? '');
  const auto = AUTO_CLASSES.find(([ending]) => ending.test(architecture))?.[1] ?? 'AutoModel';
  const withTokenizer = files.has(TOKENIZER);
  return {
    loader: 'Transformers',
    imports: [`from transformers import ${[auto, ...(withTokenizer ? ['AutoTokenizer'] : [])].join(', ')}`],
    lines: [
      ...(withTokenizer ? [`tokenizer = AutoTokenizer.from_pretrained(${folder})`] : []),
      `model = ${auto}.from_pretrained(${folder})`,
    ],
    packages: ['transformers', 'torch'],
  };
}

export function peftRecipe({ files, architecture = '', base }: Loadable): Recipe {
  const folder = files.folder(files.folderWith('adapter_config.json') ?? '');
  const found = AUTO_CLASSES.find(([ending]) => ending.test(architecture))?.[1];
  const auto = found ?? 'AutoModelForCausalLM';
  const source = base === undefined ? 'config.base_model_name_or_path' : `from_registry(${pythonText(base)})`;
  return {
    loader: 'PEFT',
    imports: [
      `from peft import ${base === undefined ? 'PeftConfig, ' : ''}PeftModel`,
      `from transformers import ${auto}`,
    ],
    lines: [
      ...(base === undefined ? [`config = PeftConfig.from_pretrained(${folder})`] : []),
      ...(found === undefined ? ['# Another class where the base model is for another task.'] : []),
      `base = ${auto}.from_pretrained(${source})`,
      `model = PeftModel.from_pretrained(base, ${folder})`,
    ],
    packages: ['peft', 'transformers', 'torch'],
    ...(base === undefined
      ? {
          notes: [
            'The base model isn’t in this registry: it is loaded by its name, from the Hugging Face Hub or a folder.',
          ],
        }
      : {}),
  };
}
