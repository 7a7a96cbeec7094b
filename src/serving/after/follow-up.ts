import { randomUUID } from 'node:crypto';
import { messageOf, RegistryError } from '../../base/errors.ts';
import { modelNamed } from '../../gates/declared.ts';
import type { Webhook } from '../../project/after-schema.ts';
import { isSameModel } from '../../project/model-name.ts';
import type { Project } from '../../project/project-schema.ts';
import { sectionProblem } from '../../project/unusable-sections.ts';
import type { Recording } from '../../registry/api/registry.ts';
import type { RegistryCalls } from '../../registry/methods.ts';
import { recordedEvents, type StageChanged } from '../../registry/recorded-events.ts';
import type { DeployResult } from '../deploy.ts';
import { isAfter, labelOfCommand, type RanCommand, runAfter, type Transition } from './run-commands.ts';
import { type SendOptions, type Sent, send } from './send.ts';
import { signedHeaders } from './signature.ts';
import { type WebhookEvent, webhookEventsOf } from './webhook-events.ts';

/** What came of what follows a recording, as it happens. */
export type FollowUpActivity =
  | { readonly kind: 'command-started'; readonly model: string; readonly label: string }
  | { readonly kind: 'line'; readonly label: string; readonly text: string }
  | ({ readonly kind: 'command-ended'; readonly model: string } & RanCommand)
  /** It may not run before a person confirms it. */
  | { readonly kind: 'command-unconfirmed'; readonly model: string; readonly label: string }
  | ({ readonly kind: 'told'; readonly host: string; readonly event: string; readonly model: string } & Sent)
  /** Nothing may be sent there before a person confirms it. */
  | { readonly kind: 'host-unconfirmed'; readonly host: string; readonly event: string; readonly model: string };

export interface FollowUpOptions {
  readonly registry: Pick<RegistryCalls, 'show' | 'showModel' | 'pull'>;
  /** The folder of the project file. */
  readonly root: string;
  readonly project: Project;
  readonly mayRun: boolean;
  /** Whether something may be sent to an origin. */
  readonly mayTell: (origin: string) => boolean;
  readonly secretOf: (webhook: Webhook) => Promise<string | undefined>;
  /** Brings a model's folder to what is in production; undefined where it has none. */
  readonly deploy: (model: string) => Promise<DeployResult | undefined>;
  readonly signal: AbortSignal;
  readonly onActivity: (activity: FollowUpActivity) => void;
  readonly sending?: Omit<SendOptions, 'signal'>;
  readonly clock?: () => number;
}

/**
 * Does what a project wants to be done after something was recorded here: other systems are told, and commands run one after the other, once
 * the model is deployed. Nothing of it can undo or fail what was recorded: what fails is told as an activity. Throws `PROJECT_FILE_INVALID`, when all
 * else is done, where the project file's section of the model, or of webhooks, can't be used.
 */
export async function followUp(recording: Recording, options: FollowUpOptions): Promise<void> {
  const ended = await Promise.allSettled([tellAll(recording, options), runAll(recording, options)]);
  for (const one of ended) if (one.status === 'rejected') throw one.reason;
}

async function runAll(recording: Recording, options: FollowUpOptions): Promise<void> {
  const { registry, root, project, mayRun, signal, onActivity, deploy } = options;
  for (const event of recordedEvents(recording)) {
    if (event.type !== 'stage.changed') continue;
    const transition = await transitionOf(registry, event);
    if (!transition) continue;
    const { model } = transition.version;
    const due = (modelNamed(project, model)?.after ?? []).filter((one) => isAfter(one, transition));
    if (!mayRun) {
      for (const command of due) onActivity({ kind: 'command-unconfirmed', model, label: labelOfCommand(command) });
      continue;
    }
    if (due.length === 0) continue;
    const deployed = await deploy(model).catch(() => undefined);
    const isThere = deployed?.state === 'deployed' && deployed.wanted?.id === transition.version.id;
    for (const command of due) {
      const label = labelOfCommand(command);
      onActivity({ kind: 'command-started', model, label });
      const onLine = (text: string) => onActivity({ kind: 'line', label, text });
      const ran = await runAfter(command, {
        ...{ registry, root, transition, signal, onLine },
        deployedTo: isThere ? deployed.place : undefined,
      }).catch((error: unknown): RanCommand => ({ label, exitCode: null, problem: messageOf(error) }));
      onActivity({ kind: 'command-ended', model, ...ran });
    }
  }
}

async function transitionOf(
  registry: FollowUpOptions['registry'],
  event: StageChanged,
): Promise<Transition | undefined> {
  const { kind, from, to, displaces } = event;
  try {
    const version = await registry.show({ ref: event.version });
    const displaced = await Promise.all(displaces.map((other) => registry.show({ ref: other.version })));
    return { version, from, to, kind, displaced };
  } catch (error) {
    // Deleted since.
    if (RegistryError.is(error, 'VERSION_NOT_FOUND')) return undefined;
    throw error;
  }
}

async function tellAll(recording: Recording, options: FollowUpOptions): Promise<void> {
  const { project, registry } = options;
  const { webhooks = [] } = project;
  const problem = sectionProblem(project, 'webhooks');
  if (webhooks.length === 0 && !problem) return;
  const events = await webhookEventsOf(registry, recording);
  if (problem && events.length > 0) throw problem;
  await Promise.all(
    webhooks.map(async (webhook) => {
      // One after the other, so that they arrive in their order.
      for (const event of events) if (isWanted(webhook, event)) await tell(webhook, event, recording, options);
    }),
  );
}

function isWanted({ events, models }: Webhook, { name, model }: WebhookEvent): boolean {
  return events.includes(name) && (models === undefined || models.some((one) => isSameModel(one, model)));
}

async function tell(
  webhook: Webhook,
  { name, model, data }: WebhookEvent,
  { at }: Recording,
  { mayTell, secretOf, signal, onActivity, sending, clock = Date.now }: FollowUpOptions,
): Promise<void> {
  const url = new URL(webhook.url);
  const told = { host: url.host, event: name, model };
  if (!mayTell(url.origin)) return onActivity({ kind: 'host-unconfirmed', ...told });
  const [entity, action] = name.split('.');
  const body = JSON.stringify({ entity, action, timestamp: at, data });
  try {
    const secret = await secretOf(webhook);
    const headers = signedHeaders({ id: randomUUID(), timestamp: Math.floor(clock() / 1000) }, body, secret);
    onActivity({ kind: 'told', ...told, ...(await send({ url, body, headers }, { ...sending, signal })) });
  } catch (error) {
    onActivity({ kind: 'told', ...told, isSent: false, tries: 0, why: messageOf(error) });
  }
}

/** The name of the variable that a webhook's secret is in; `MODEL_REGISTRY_WEBHOOK_SECRET` is for all that have none of their own. */
export function secretFromEnvironment({ name }: Webhook, env: NodeJS.ProcessEnv): string | undefined {
  const own =
    name === undefined ? undefined : env[`MODEL_REGISTRY_WEBHOOK_SECRET_${name.toUpperCase().replaceAll('-', '_')}`];
  const found = own ?? env.MODEL_REGISTRY_WEBHOOK_SECRET;
  return found === '' ? undefined : found;
}
