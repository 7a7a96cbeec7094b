import type { EventOf } from '../log/events.ts';

/**
 * What a version was made from, as the catalog looks it up in the other direction: `data` by place and digest, `base` by the name of a model elsewhere in
 * lower case, `version` by the id of the version that it descends from, `environment` by its digest.
 */
type Input = readonly [kind: 'data' | 'base' | 'version' | 'environment', name: string, digest: string];

/** Each once, in the order of the event. */
export function inputsOf(
  event: Pick<EventOf<'version.registered'>, 'data' | 'base' | 'facts' | 'environment'>,
): readonly Input[] {
  const { data, base, facts, environment } = event;
  const inputs: Input[] = data.map(({ path, sha256 = '' }) => ['data', path, sha256]);
  if (base?.version !== undefined) inputs.push(['version', base.version, '']);
  else if (base) inputs.push(['base', base.name.toLowerCase(), '']);
  for (const { name } of facts?.baseModels ?? []) inputs.push(['base', name.toLowerCase(), '']);
  if (environment !== undefined) inputs.push(['environment', '', environment]);
  return [...new Map(inputs.map((input) => [JSON.stringify(input), input])).values()];
}
