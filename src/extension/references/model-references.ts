/** A place in a text where a version is named as MLflow does it. */
export interface ModelReference {
  readonly start: number;
  readonly end: number;
  /** How the registry names it. */
  readonly ref: string;
}

/** What is looked through of one text, and found in it, at most. */
const MAX_TEXT = 500_000;
const MAX_FOUND = 200;

/** `models:/fraud-detector@champion`, `models:/fraud-detector/7`, `models:/fraud-detector/Production`, `models:/fraud-detector/latest` */
const REFERENCE =
  /\bmodels:\/([A-Za-z0-9][\w.-]{0,127})(?:@([A-Za-z0-9][\w.-]{0,127})|\/([1-9]\d{0,9}|[A-Za-z][\w-]{0,31}))(?![\w/@-])/g;
const MLFLOW_STAGES: ReadonlyMap<string, string> = new Map([
  ['Production', 'production'],
  ['Staging', 'staging'],
  ['Archived', 'archived'],
  ['None', 'candidate'],
]);

/** Every reference in a text, in order, the first 200. */
export function modelReferences(text: string): readonly ModelReference[] {
  const found: ModelReference[] = [];
  for (const match of text.slice(0, MAX_TEXT).matchAll(REFERENCE)) {
    const [whole, model = '', alias, place] = match;
    const selector = alias ?? MLFLOW_STAGES.get(place ?? '') ?? place ?? '';
    found.push({ start: match.index, end: match.index + whole.length, ref: `${model}@${selector}` });
    if (found.length >= MAX_FOUND) break;
  }
  return found;
}
