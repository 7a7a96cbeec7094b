import { RegistryError } from '../../base/errors.ts';
import type { VersionDetails } from '../../catalog/read-models/versions.ts';
import type { WebhookEventName } from '../../project/after-schema.ts';
import type { Recording } from '../../registry/api/registry.ts';
import type { RegistryCalls } from '../../registry/methods.ts';
import { recordedEvents, type StageChanged } from '../../registry/recorded-events.ts';

/** Something to tell other systems, as MLflow's webhooks put it (https://mlflow.org/docs/latest/ml/webhooks). */
export interface WebhookEvent {
  readonly name: WebhookEventName;
  /** By its present name. */
  readonly model: string;
  readonly data: Readonly<Record<string, unknown>>;
}

type Calls = Pick<RegistryCalls, 'show' | 'showModel'>;

/**
 * What a recording comes to for webhooks. Of people, machines and folders nothing is in it, and no reasons: whoever is to know them asks
 * the registry.
 */
export async function webhookEventsOf(registry: Calls, recording: Recording): Promise<readonly WebhookEvent[]> {
  const found: WebhookEvent[] = [];
  for (const event of recordedEvents(recording)) {
    switch (event.type) {
      case 'model.created':
        found.push({
          name: 'registered_model.created',
          model: event.name,
          data: { name: event.name, tags: event.tags ?? {}, description: event.description ?? null },
        });
        break;
      case 'version.registered':
        found.push(...(await ofVersion(registry, event.version, created)));
        break;
      case 'version.annotated':
        found.push(...(await ofVersion(registry, event.version, (version) => tagged(version, event))));
        break;
      case 'stage.changed':
        found.push(...(await moved(registry, event)));
        break;
      case 'alias.set':
        found.push(
          ...(await ofVersion(registry, event.version, (version) => [
            aliasEvent('model_version_alias.created', version.model, {
              alias: event.alias,
              version: String(version.number),
            }),
          ])),
        );
        break;
      case 'alias.removed': {
        const model = await orGone(registry.showModel({ model: event.model }));
        if (model) found.push(aliasEvent('model_version_alias.deleted', model.name, { alias: event.alias }));
        break;
      }
    }
  }
  return found;
}

function created({ model, number, tags, description, lineage }: VersionDetails): readonly WebhookEvent[] {
  return [
    {
      name: 'model_version.created',
      model,
      data: {
        name: model,
        version: String(number),
        source: `models:/${model}/${number}`,
        run_id: lineage.run?.id ?? null,
        tags,
        description: description === '' ? null : description,
      },
    },
  ];
}

function tagged(
  { model, number }: VersionDetails,
  {
    setTags = {},
    removeTags = [],
  }: {
    readonly setTags?: Readonly<Record<string, string>> | undefined;
    readonly removeTags?: readonly string[] | undefined;
  },
): readonly WebhookEvent[] {
  const of = { name: model, version: String(number) };
  return [
    ...Object.entries(setTags).map(
      ([key, value]): WebhookEvent => ({ name: 'model_version_tag.set', model, data: { ...of, key, value } }),
    ),
    ...removeTags.map((key): WebhookEvent => ({ name: 'model_version_tag.deleted', model, data: { ...of, key } })),
  ];
}

async function moved(registry: Calls, event: StageChanged): Promise<readonly WebhookEvent[]> {
  const displaced: { version: string; to_stage: string }[] = [];
  for (const { version, to } of event.displaces) {
    const other = await orGone(registry.show({ ref: version }));
    if (other) displaced.push({ version: String(other.number), to_stage: to });
  }
  return ofVersion(registry, event.version, ({ model, number, artifact }) => [
    {
      name: 'model_version_stage.changed',
      model,
      data: {
        name: model,
        version: String(number),
        from_stage: event.from,
        to_stage: event.to,
        kind: event.kind,
        displaced,
        is_override: event.override,
        artifact_digest: artifact.digest,
      },
    },
  ]);
}

function aliasEvent(name: WebhookEventName, model: string, data: Readonly<Record<string, unknown>>): WebhookEvent {
  return { name, model, data: { name: model, ...data } };
}

async function ofVersion(
  registry: Calls,
  id: string,
  eventsOf: (version: VersionDetails) => readonly WebhookEvent[],
): Promise<readonly WebhookEvent[]> {
  const version = await orGone(registry.show({ ref: id }));
  return version ? eventsOf(version) : [];
}

/** Deleted since: nobody needs to be told of it any more. */
async function orGone<T>(found: Promise<T>): Promise<T | undefined> {
  return found.catch((error: unknown) => {
    if (RegistryError.is(error, 'VERSION_NOT_FOUND') || RegistryError.is(error, 'MODEL_NOT_FOUND')) return undefined;
    throw error;
  });
}
