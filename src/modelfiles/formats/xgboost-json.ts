import { type ByteSource, MAX_READ_BYTES } from '../file-set.ts';
import { invalidFile } from '../invalid.ts';
import { JsonProblem, JsonReader } from '../read/json-reader.ts';
import { emptyXgboostModel, isWantedOfXgboost, takeXgboostText, type XgboostModel } from './xgboost-model.ts';

const TAIL_BYTES = 256 * 1024;

/** Reads a model in JSON. Of one that is longer than a read may be, what stands before and behind the trees. Throws `MODEL_FILE_INVALID`. */
export async function readXgboostJson(source: ByteSource, path: string): Promise<XgboostModel> {
  if (source.sizeBytes > MAX_READ_BYTES) return readEnds(source, path);
  const bytes = await source.read(0, source.sizeBytes);
  const model = emptyXgboostModel();
  try {
    const json = new JsonReader(bytes);
    json.object((key) => take(json, model, [key]));
    json.end();
  } catch (error) {
    if (!(error instanceof JsonProblem)) throw error;
    throw invalidFile(path, `its JSON ${error.message}`, error);
  }
  return model;
}

function take(json: JsonReader, model: XgboostModel, path: readonly string[]): void {
  if (!isWantedOfXgboost(path)) {
    json.skip();
    return;
  }
  switch (json.kind()) {
    case 'object':
      json.object((key) => take(json, model, [...path, key]));
      break;
    case 'array': {
      const items: string[] = [];
      json.array(() => {
        if (json.kind() === 'string') items.push(json.string());
        else if (json.kind() === 'number') items.push(String(json.number()));
        else json.skip();
      });
      takeList(model, path, items);
      break;
    }
    case 'string':
      takeXgboostText(model, path, json.string());
      break;
    default:
      json.skip();
  }
}

export function takeList(model: XgboostModel, path: readonly string[], items: string[]): void {
  if (path.length === 1 && path[0] === 'version') model.version = items.join('.');
  else if (path[1] === 'feature_names' && path.length === 2) model.featureNames = items;
  else if (path[1] === 'feature_types' && path.length === 2) model.featureTypes = items;
}

/** XGBoost writes keys in alphabetical order, so that trees stand in the middle. */
async function readEnds(source: ByteSource, path: string): Promise<XgboostModel> {
  const model = emptyXgboostModel();
  const tail = Buffer.from(await source.read(source.sizeBytes - TAIL_BYTES, TAIL_BYTES)).toString('utf8');
  const version = /"version"\s*:\s*\[([\d\s,]+)\]\s*\}\s*$/.exec(tail)?.[1];
  if (version === undefined) throw invalidFile(path, 'its JSON doesn’t close');
  model.version = version
    .split(',')
    .map((part) => part.trim())
    .join('.');
  const params = /"learner_model_param"\s*:\s*\{([^{}]*)\}/.exec(tail)?.[1] ?? '';
  for (const [, name, value] of params.matchAll(/"(\w{1,60})"\s*:\s*"([^"]{0,200})"/g))
    if (name !== undefined && value !== undefined) model.params.set(name, value);
  const objective = /"objective"\s*:\s*\{[\s\S]*?"name"\s*:\s*"([^"]{1,100})"/.exec(tail)?.[1];
  if (objective !== undefined) model.objective = objective;
  const booster = /"name"\s*:\s*"(gbtree|dart|gblinear)"/.exec(tail)?.[1];
  if (booster !== undefined) model.booster = booster;
  return model;
}
