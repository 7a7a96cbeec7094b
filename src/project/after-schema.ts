import * as v from 'valibot';
import { CONTROL, command, described, line, stage } from './gate-values.ts';
import { DEFAULT_TIME_LIMIT_SECONDS } from './gates-schema.ts';

/** Commands after the transitions of one model, and webhooks of a project. */
const MAX_COMMANDS = 16;
const MAX_WEBHOOKS = 16;
const MAX_TIME_LIMIT_SECONDS = 24 * 3600;

/** Folders whose files are run or loaded by git, editors, package managers and interpreters, or are the registry's own. */
const OTHERS =
  /^(\.git|\.github|\.gitlab|\.husky|\.githooks|\.vscode|\.idea|\.devcontainer|\.direnv|\.model-registry|node_modules|\.?venv|\.?env|virtualenv|site-packages|__pycache__|\.ipython|\.jupyter)$/i;

/** Why a folder can't be the one in which production is put, or undefined where it can. */
function problemOfPlace(path: string): string | undefined {
  if (CONTROL.test(path) || path.includes('\\')) return 'has a backslash or control character; write / between folders';
  if (path.startsWith('/') || /^[A-Za-z]:/.test(path) || path.startsWith('~'))
    return 'must be relative to the workspace';
  const parts = path.replace(/\/$/, '').split('/');
  if (parts.includes('..')) return 'leaves the workspace';
  if (parts.some((part) => part === '' || part === '.')) return 'must be a folder below that of this file: deploy/NAME';
  if (/[*?[\]{}()!]/.test(path)) return 'is a pattern; name one folder';
  const found = parts.find((part) => OTHERS.test(part));
  if (found !== undefined) return `lies in ${found}, whose files other programs run or load by themselves`;
  if (path.length > 500) return 'is longer than 500 characters';
  return undefined;
}

/** Where the version in production of a model is put. */
export const deploySchema = v.pipe(
  v.string(),
  v.check(
    (path) => problemOfPlace(path) === undefined,
    (issue) => `"${String(issue.input)}" ${problemOfPlace(String(issue.input)) ?? ''}`,
  ),
  v.transform((path) => path.replace(/\/$/, '')),
);

export type TransitionKind = 'promote' | 'rollback' | 'demote' | 'archive';

const commandSchema = v.strictObject({
  command: described(
    command,
    'A program that runs in the folder of this file and without a shell: python restart.py. MODEL_REGISTRY_MODEL, …_VERSION, …_STAGE, …_KIND and …_PATH tell it of what.',
  ),
  on: v.exactOptional(
    described(
      v.pipe(
        v.array(v.picklist(['promote', 'rollback', 'demote', 'archive'], 'is promote, rollback, demote or archive')),
        v.minLength(1, 'names no transition'),
      ),
      'After which transitions it runs: promote and rollback unless said.',
    ),
  ),
  stage: v.exactOptional(
    described(
      stage,
      'The stage that the version moved to, or that it left by demote or archive: production unless said.',
    ),
  ),
  'time-limit': v.exactOptional(
    described(
      v.pipe(v.number('must be a number of seconds'), v.minValue(1), v.maxValue(MAX_TIME_LIMIT_SECONDS)),
      `Seconds that the command may take; ${DEFAULT_TIME_LIMIT_SECONDS} unless said.`,
    ),
  ),
});

/** What runs after the transitions of a model. */
export const afterSchema = v.pipe(
  v.array(commandSchema, 'must be a list of commands: [{command: ./restart.sh}]'),
  v.maxLength(MAX_COMMANDS, `has more than ${MAX_COMMANDS} commands`),
);

export type AfterCommand = v.InferOutput<typeof commandSchema>;

/** Events that webhooks can ask for: MLflow's names where it has the event, and one of our own. */
export const WEBHOOK_EVENTS = [
  'registered_model.created',
  'model_version.created',
  'model_version_stage.changed',
  'model_version_tag.set',
  'model_version_tag.deleted',
  'model_version_alias.created',
  'model_version_alias.deleted',
] as const;

export type WebhookEventName = (typeof WEBHOOK_EVENTS)[number];

/** Why nothing can be sent to an address, or undefined where it can. */
function problemOfUrl(text: string): string | undefined {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (!url) return 'is no URL';
  if (url.username !== '' || url.password !== '') return 'has a name or password in it, which don’t belong into a file';
  if (url.hash !== '') return 'has a part after #';
  if (url.protocol === 'https:') return undefined;
  if (url.protocol === 'http:' && isLoopback(url.hostname)) return undefined;
  return 'must begin with https://; http:// only leads to this machine';
}

function isLoopback(host: string): boolean {
  return host === 'localhost' || host === '[::1]' || /^127(\.\d{1,3}){3}$/.test(host);
}

const webhookSchema = v.strictObject({
  url: described(
    v.pipe(
      line(2048),
      v.check(
        (text) => problemOfUrl(text) === undefined,
        (issue) => `"${String(issue.input)}" ${problemOfUrl(String(issue.input)) ?? ''}`,
      ),
    ),
    'Where it is told: https://. Everyone is asked once before anything is sent to its host.',
  ),
  events: described(
    v.pipe(
      v.array(v.picklist(WEBHOOK_EVENTS, `is none of ${WEBHOOK_EVENTS.join(', ')}`)),
      v.minLength(1, 'names no event'),
    ),
    'What is told, by the names that MLflow has for it; model_version_stage.changed is our own.',
  ),
  models: v.exactOptional(
    described(
      v.pipe(v.array(line(128)), v.minLength(1, 'names no model')),
      'Only of these models; of all unless said.',
    ),
  ),
  name: v.exactOptional(
    described(
      v.pipe(v.string(), v.regex(/^[a-z][a-z0-9-]{0,31}$/, 'must be of small letters, digits and hyphens')),
      'What the webhook is called. Its secret is in MODEL_REGISTRY_WEBHOOK_SECRET_NAME, or in MODEL_REGISTRY_WEBHOOK_SECRET for all.',
    ),
  ),
});

/** Other systems that are told what happens. */
export const webhooksSchema = v.pipe(
  v.array(webhookSchema, 'must be a list of webhooks: [{url: https://…, events: [model_version_stage.changed]}]'),
  v.maxLength(MAX_WEBHOOKS, `has more than ${MAX_WEBHOOKS} webhooks`),
);

export type Webhook = v.InferOutput<typeof webhookSchema>;
export const AFTER_KEYS = Object.keys(commandSchema.entries);
export const WEBHOOK_KEYS = Object.keys(webhookSchema.entries);
