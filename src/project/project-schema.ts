import * as v from 'valibot';
import { afterSchema, deploySchema, webhooksSchema } from './after-schema.ts';
import { described } from './gate-values.ts';
import { gatesSchema } from './gates-schema.ts';
import { MODEL_NAME_PATTERN } from './model-name.ts';
import { policySchema } from './policy-schema.ts';
import type { RefusedModel } from './refused-models.ts';
import type { UnusableSection } from './unusable-sections.ts';

const MAX_PATTERN_LENGTH = 1000;
/** With many, a name that nearly matches takes longer than anyone waits for. */
const MAX_WILDCARDS = 3;

/** Why a path or glob can't be used, or undefined where it can: it must stay inside the workspace. */
function problemOfPattern(pattern: string): string | undefined {
  if (pattern.trim() === '') return 'is empty';
  if (/[\u0000-\u001f\\]/.test(pattern)) return 'has a backslash or control character; write / between folders';
  if (pattern.startsWith('/') || /^[A-Za-z]:/.test(pattern) || pattern.startsWith('~'))
    return 'must be relative to the workspace';
  if (pattern.startsWith('!')) return 'excludes files; name what to take instead';
  // Also in braces and groups: {..,a}/b.
  if (pattern.split(/[/{},()|]/).includes('..')) return 'leaves the workspace';
  if (pattern.length > MAX_PATTERN_LENGTH) return `is longer than ${MAX_PATTERN_LENGTH} characters`;
  if (/[@!+?*]\(/.test(pattern)) return 'has a group with a repetition; write {a,b} for either of two';
  if (pattern.split('/').some((part) => part.replaceAll('**', '*').split('*').length - 1 > MAX_WILDCARDS))
    return `has more than ${MAX_WILDCARDS} wildcards between two slashes`;
  if (pattern.split('**').length - 1 > MAX_WILDCARDS) return `has ** more than ${MAX_WILDCARDS} times`;
  return undefined;
}

const path = v.pipe(
  v.string(),
  v.check(
    (value) => problemOfPattern(value) === undefined,
    (issue) => `"${String(issue.input)}" ${problemOfPattern(String(issue.input)) ?? ''}`,
  ),
);
export const paths = v.array(path);

/** The names of metrics, as a list of a project file has them. */
const metricNames = v.array(
  v.pipe(v.string(), v.minLength(1, 'is empty'), v.maxLength(256, 'is longer than any name')),
);

const modelEntries = v.strictObject({
  outputs: v.optional(
    described(
      paths,
      'Files, folders (with all in them) and globs of files that training writes, relative to this file. All files that match are one artifact: when they are complete, a version is registered. A model without outputs is registered by hand only; all else that stands here counts for it, too.',
    ),
    [],
  ),
  metrics: v.optional(
    described(
      paths,
      'JSON, YAML, TOML, CSV or TSV files whose numbers become the metrics of the version. Nested names are joined by dots; of a table with a row for each step, the last row counts.',
    ),
    [],
  ),
  params: v.optional(described(paths, 'JSON, YAML or TOML files whose values become the params of the version.'), []),
  'higher-is-better': v.exactOptional(
    described(
      metricNames,
      'Metrics of which a higher value is better, where the name doesn’t say so by itself as auc and accuracy do. A name counts for the metric in every group; * stands for any text.',
    ),
  ),
  'lower-is-better': v.exactOptional(
    described(
      metricNames,
      'Metrics of which a lower value is better, where the name doesn’t say so by itself as loss and rmse do. A name counts for the metric in every group; * stands for any text.',
    ),
  ),
  data: v.optional(
    described(
      paths,
      'Files, folders and globs that training reads, by DVC or git-lfs too, and addresses (hf://datasets/OWNER/NAME@REVISION, s3://…?versionId=…). Their digest, size and rows are recorded with the version.',
    ),
    [],
  ),
  checkpoints: v.optional(
    described(
      v.picklist(['best', 'last', 'all'], 'is best, last or all'),
      'Which of the checkpoints of a run become versions: the best one by the record of the tracker or trainer, else the last one (best); the last one; or all of them.',
    ),
    'best',
  ),
  description: v.optional(described(v.string(), 'What the model is for. Recorded when the model is created.')),
  policy: v.exactOptional(
    described(
      policySchema,
      'The rules that everybody’s registry keeps for this model, once they were applied: model-registry policy apply.',
    ),
  ),
  gates: v.exactOptional(
    described(
      gatesSchema,
      'What a version needs before a promotion, by stage. Whoever promotes evaluates it: model-registry gates. What policy apply takes of it, everybody’s registry keeps.',
    ),
  ),
  deploy: v.exactOptional(
    described(
      deploySchema,
      'A folder below that of this file in which the version in production always is: deploy/fraud-detector. It is a link that is switched in one step; add it to .gitignore.',
    ),
  ),
  after: v.exactOptional(
    described(
      afterSchema,
      'Commands that run after a transition, where it was asked for: in a trusted workspace, or once they are confirmed (model-registry after confirm).',
    ),
  ),
  tags: v.optional(described(v.record(v.string(), v.string()), 'Tags that each version gets.'), {}),
});

const modelSchema = v.pipe(
  modelEntries,
  v.check(
    (model) => !(model['higher-is-better'] ?? []).some((name) => model['lower-is-better']?.includes(name)),
    'has a metric in both higher-is-better and lower-is-better',
  ),
);

/** Folders that two models would fight over, or that would be registered again as soon as they are deployed. */
function deployProblems(
  models: Readonly<Record<string, { readonly deploy?: string; readonly outputs: readonly string[] }>>,
): readonly (readonly [model: string, message: string])[] {
  const places = Object.entries(models).flatMap(([model, { deploy }]) =>
    deploy === undefined ? [] : [{ model, deploy }],
  );
  const problems: [string, string][] = [];
  for (const { model, deploy } of places) {
    const other = places.find((place) => place.model !== model && isWithin(place.deploy, deploy));
    if (other)
      problems.push([model, `is deployed to ${deploy}, and so is ${other.model}: give each a folder of its own`]);
    const output = Object.values(models).flatMap(({ outputs }) =>
      outputs.filter((pattern) => isWithin(pattern.replace(/^\.\//, ''), deploy)),
    );
    if (output.length > 0) problems.push([model, `is deployed to ${deploy}, which ${output[0]} declares as an output`]);
  }
  return problems;
}

function isWithin(path: string, folder: string): boolean {
  return path === folder || path.startsWith(`${folder}/`);
}

/** `model-registry.yaml` in this version of Model Registry. */
export const projectSchema = v.pipe(
  v.strictObject({
    models: described(
      v.record(
        v.pipe(
          v.string(),
          v.regex(MODEL_NAME_PATTERN, 'is no model name: use letters, digits, dots, underscores and hyphens'),
        ),
        modelSchema,
      ),
      'The models that training in this workspace writes, by name.',
    ),
    code: v.exactOptional(
      described(
        v.strictObject({
          untracked: v.optional(
            described(
              paths,
              'Files that git doesn’t track and that are kept with the patch of uncommitted changes, relative to this file: src/**/*.py. Files that seem to hold a secret are left out.',
            ),
            [],
          ),
        }),
        'What is recorded of the code that trained a version, beside its commit.',
      ),
    ),
    webhooks: v.exactOptional(
      described(
        webhooksSchema,
        'Other systems that are told what happens, by whoever did it. Their secrets stand in the environment or in the editor, never here.',
      ),
    ),
    remote: v.exactOptional(
      described(
        v.pipe(v.string(), v.minLength(1), v.maxLength(1000)),
        'The storage that the team shares: the URL of a container, https://ACCOUNT.blob.core.windows.net/CONTAINER, or the folder of a network drive. Everyone is asked once before it is used.',
      ),
    ),
    head: v.exactOptional(
      described(
        v.pipe(v.string(), v.regex(/^[1-9]\d{0,14}:[0-9a-f]{64}$/, 'is no head as `model-registry head` prints it')),
        'A commit that the shared registry has: whoever connects it to this project does so only where it is there. Written by: model-registry head --pin.',
      ),
    ),
  }),
  v.rawCheck(({ dataset, addIssue }) => {
    if (!dataset.typed) return;
    for (const [model, message] of deployProblems(dataset.value.models)) {
      const { models } = dataset.value;
      const item = { type: 'object', origin: 'value', input: models, key: model, value: models[model] } as const;
      addIssue({
        message,
        path: [{ type: 'object', origin: 'value', input: dataset.value, key: 'models', value: models }, item],
      });
    }
  }),
  v.title('Model Registry project'),
  v.description('Which files training writes, and what belongs to them.'),
);

export type Project = v.InferOutput<typeof projectSchema> & {
  /** Models whose sections have mistakes, where there are any: they aren't among the others. */
  readonly refused?: readonly RefusedModel[];
  /** Sections beside the models that have mistakes, where there are any. */
  readonly unusable?: readonly UnusableSection[];
};
export type ProjectModel = v.InferOutput<typeof modelSchema>;

export const PROJECT_KEYS = Object.keys({ models: true, code: true, webhooks: true, remote: true, head: true });
export const MODEL_KEYS = Object.keys(modelEntries.entries);
