import * as v from 'valibot';
import { eventSchema, type RegistryEvent } from '../log/events.ts';
import type { Recording } from './api/registry.ts';

/** The events of a recording that format 1 knows. */
export function recordedEvents({ events }: Pick<Recording, 'events'>): readonly RegistryEvent[] {
  return events.flatMap((event) => {
    const parsed = v.safeParse(eventSchema, event);
    return parsed.success ? [parsed.output] : [];
  });
}

/** The change of a stage, among them. */
export type StageChanged = Extract<RegistryEvent, { readonly type: 'stage.changed' }>;
