import { resolve } from 'node:path';
import { RegistryError } from '../base/errors.ts';
import { formatMetric } from '../base/metrics.ts';
import { ROLES, type Role } from '../predictions/asked.ts';
import type { EvaluateRequest, EvaluateResult } from '../registry/api/evaluating.ts';
import { keyValue } from './arguments.ts';
import { tableText } from './format/tables.ts';
import { safeLine } from './terminal.ts';

export interface PredictionOptions {
  readonly predictions?: string;
  readonly by?: readonly string[];
  readonly columns?: readonly string[];
  readonly task?: 'binary' | 'multiclass' | 'regression';
  readonly positive?: string;
  readonly threshold?: number;
}

/** What `evaluate` was told of predictions. Throws `ARGUMENT_INVALID` for options that mean nothing without them. */
export function predictionsIn(cwd: string, options: PredictionOptions): EvaluateRequest['predictions'] {
  const { predictions, by, columns, task, positive, threshold } = options;
  if (predictions === undefined) {
    const stray = Object.entries({ by, columns, task, positive, threshold }).find(([, value]) => value !== undefined);
    if (!stray) return undefined;
    throw new RegistryError('ARGUMENT_INVALID', `--${stray[0]} means nothing without --predictions FILE.`);
  }
  return {
    source: resolve(cwd, predictions),
    ...(by ? { by } : {}),
    ...(columns ? { columns: Object.fromEntries(columns.map(roleAndName)) } : {}),
    ...(task === undefined ? {} : { task }),
    ...(positive === undefined ? {} : { positive }),
    ...(threshold === undefined ? {} : { threshold }),
  };
}

function roleAndName(text: string): readonly [Role, string] {
  const [written, name] = keyValue(text);
  const role = ROLES.find((one) => one === written);
  if (role !== undefined) return [role, name];
  throw new RegistryError(
    'ARGUMENT_INVALID',
    `A column is a ${ROLES.join(', ')}, but not a ${JSON.stringify(written)}. Write for example --columns label=churned.`,
  );
}

/** What was computed, the whole first and then the slices. */
export function predictionsText({ metrics, slices }: NonNullable<EvaluateResult['predictions']>): string {
  const names = Object.keys(metrics);
  const rows = [{ slice: '', metrics }, ...slices].map((part) => [
    part.slice === '' ? 'all' : safeLine(part.slice, 40),
    ...names.map((name) => formatMetric(Object.hasOwn(part.metrics, name) ? (part.metrics[name] ?? '') : '')),
  ]);
  return tableText(['SLICE', ...names.map((name) => name.toUpperCase())], rows);
}
