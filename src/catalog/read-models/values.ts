import type { MetricValue } from '../../base/metric-value.ts';

// What a version says by names.

export type Tags = Readonly<Record<string, string>>;

export type Metrics = Readonly<Record<string, MetricValue>>;

export type Params = Readonly<Record<string, string>>;

export type Intervals = Readonly<Record<string, { readonly low: number; readonly high: number }>>;
