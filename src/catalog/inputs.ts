import type { EventOf } from '../log/events.ts';

/**
 * What a version was made from, as the catalog looks it up in the other direction: `data` by place and digest, `base` by the name of a model elsewhere in
 * lower case, `version` by the id of the version that it descends from, `environment` by its digest.
 */
type Input = readonly [kind: 'data' | 'base' | 'version' | 'environment', name: string, digest: string];

/** What data is the same by: its digest, the hash that DVC knows it by, or the revision of an address. */
export function nameOfData({
  sha256,
  hash,
  revision,
}: {
  readonly sha256?: string | undefined;
  readonly hash?: string | undefined;
  readonly revision?: string | undefined;
}): string | undefined {
  return sha256 ?? hash ?? revision;
}

/** Each once, in the order of the event. */
export function inputsOf(
  event: Pick<EventOf<'version.registered'>, 'data' | 'base' | 'facts' | 'environment'>,
): readonly Input[] {
  const { data, base, facts, environment } = event;
  const inputs: Input[] = data.map((entry) => ['data', entry.path, nameOfData(entry) ?? '']);
  if (base?.version !== undefined) inputs.push(['version', base.version, '']);
  else if (base) inputs.push(['base', base.name.toLowerCase(), '']);
  for (const { name } of facts?.baseModels ?? []) inputs.push(['base', name.toLowerCase(), '']);
  if (environment !== undefined) inputs.push(['environment', '', environment]);
  return [...new Map(inputs.map((input) => [JSON.stringify(input), input])).values()];
}
