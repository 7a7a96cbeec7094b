import type { ModelFacts } from '../../modelfiles/facts.ts';
import type { NameVerdict } from './model-names.ts';

type Facts = Pick<ModelFacts, 'architecture' | 'parameterCount' | 'framework' | 'danger'>;

/** Files of these can hold a model that says nothing of being one: a pickled dictionary, arrays, weights in groups of one's own. */
const HOLDS_ANYTHING = /\.(?:pkl|pickle|h5|hdf5|npz)$/i;
const MODEL_FOLDER = /^(?:(?:saved|trained|final|best)[-_])?(?:models?|checkpoints?|artifacts?|outputs?|weights?)$/i;
const DATA_FOLDER =
  /^(?:data|datasets?|cached?|features?|raw|interim|processed|external|inputs?|splits?|embeddings?|predictions?|tmp|temp|logs?|tests?|fixtures?)$/i;
/** As a word of the name: what the code around a model pickles, too. */
const NOT_MODELS =
  /(?:^|[-_. \d])(?:data|df|dataframe|datasets?|features?|x|y|train|test|val|valid|validation|splits?|folds?|cached?|preds?|predictions?|probs?|results?|scores?|metrics|histor(?:y|ies)|losses|labels?|classes|class[-_]names|embeddings?|vocab|vocabulary|tokens?|tokeni[sz]er|index|ids|mapping|maps?|encoders?|scalers?|vectori[sz]er|imputer|columns|config|args|study|trials|state|log|logs|stats|summary|samples?|batch|buffer|tmp|temp)(?=$|[-_. \d])/i;
/** What tables are made of. */
const TABLES = /^(?:pandas|polars|pyarrow|datasets|geopandas)\./;
/** What data of any kind are made of: as the outermost of a file, they say nothing of a model. */
const PLAIN = /^(?:numpy|builtins|collections|datetime|pathlib|decimal|scipy\.sparse)\./;
/** A class of the script itself may be a model, or its settings. */
const OF_SCRIPT = /^__(?:mp_)?main__\./;

/** Whether a file that holds something, but doesn't say that it is a model, may be one by its name and by the folders that it lies in. */
export function mayBeModelByPlace(path: string, hasMetricsBeside: boolean): boolean {
  const folders = path.split('/');
  const name = folders.pop() ?? '';
  if (!HOLDS_ANYTHING.test(name) || NOT_MODELS.test(name.replace(/\.[^.]*$/, ''))) return false;
  // The nearest folder that says what it is for.
  const folder = folders.findLast((each) => MODEL_FOLDER.test(each) || DATA_FOLDER.test(each));
  return folder === undefined ? hasMetricsBeside : MODEL_FOLDER.test(folder);
}

/** What a file says of itself: `unsure` where it holds something of which only the place can tell. */
export function verdictOfFacts(facts: Facts): NameVerdict {
  const { architecture, parameterCount, framework, danger } = facts;
  if ((parameterCount ?? framework) !== undefined) return 'model';
  if (architecture !== undefined && ![TABLES, PLAIN, OF_SCRIPT].some((other) => other.test(architecture)))
    return 'model';
  return danger?.findings.some(({ what }) => TABLES.test(what)) ? undefined : 'unsure';
}
