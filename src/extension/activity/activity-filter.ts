import { t } from '../../base/language.ts';
import type { LogKind } from '../../catalog/read-models/log.ts';
import type { LogRequest } from '../../registry/api/log.ts';

/** What of the log the Activity view shows. */
export interface ActivityFilter {
  readonly kinds?: readonly LogKind[];
  readonly model?: { readonly registryDir: string; readonly id: string; readonly name: string };
  readonly person?: string;
}

/** In the order in which they are offered. */
export const activityKinds: readonly LogKind[] = ['registration', 'stage', 'review', 'remark', 'measurement', 'change'];

export const kindWords = (): Readonly<Record<LogKind, string>> => ({
  registration: t('Registrations'),
  stage: t('Promotions, rollbacks and other changes of stage'),
  review: t('Requests, approvals and gates'),
  remark: t('Comments, notes and tags'),
  measurement: t('Metrics that came later'),
  change: t('Aliases, policies, names and all else'),
});

/** What is asked of the log of a registry; undefined where nothing of it is to be shown. */
export function requestOf({ kinds, model, person }: ActivityFilter, registryDir: string): LogRequest | undefined {
  if (model && model.registryDir !== registryDir) return undefined;
  return {
    ...(kinds ? { kinds } : {}),
    ...(model ? { model: model.id } : {}),
    ...(person === undefined ? {} : { person }),
  };
}

/** `fraud-detector, Ada, Registrations`: what a view's title says of its filter; empty for none. */
export function filterText({ kinds, model, person }: ActivityFilter): string {
  const words = (kinds ?? []).map((kind) => kindWords()[kind].split(',')[0] ?? '');
  return [model?.name, person, ...words].filter((word) => word !== undefined && word !== '').join(', ');
}
