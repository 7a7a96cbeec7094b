import type { DangerReport, ModelFacts } from './facts.ts';

/** What several formats say about one model: the first leads, those behind it fill in what it doesn't say. Undefined without any. */
export function mergeFacts(parts: readonly ModelFacts[]): ModelFacts | undefined {
  const [first, ...rest] = parts;
  return first && rest.reduce(merged, first);
}

function merged(lead: ModelFacts, other: ModelFacts): ModelFacts {
  const { formatVersion: _version, parameterCount, tensors, ...told } = other;
  // Count and table belong together: one format's count beside another's table would contradict it.
  const hasTensors = lead.parameterCount !== undefined || lead.tensors !== undefined;
  const metadata = { ...other.metadata, ...lead.metadata };
  const problems = [...(lead.problems ?? []), ...(other.problems ?? [])];
  const baseModels = [...(lead.baseModels ?? [])];
  for (const base of other.baseModels ?? [])
    if (!baseModels.some(({ name }) => name === base.name)) baseModels.push(base);
  const danger = worse(lead.danger, other.danger);
  return {
    ...told,
    ...(hasTensors || parameterCount === undefined ? {} : { parameterCount }),
    ...(hasTensors || tensors === undefined ? {} : { tensors }),
    ...lead,
    ...(Object.keys(metadata).length > 0 ? { metadata } : {}),
    ...(baseModels.length > 0 ? { baseModels } : {}),
    ...(danger ? { danger } : {}),
    ...(problems.length > 0 ? { problems } : {}),
  };
}

const ORDER: readonly DangerReport['verdict'][] = ['none-found', 'unknown', 'dangerous'];

function worse(a: DangerReport | undefined, b: DangerReport | undefined): DangerReport | undefined {
  if (!a || !b) return a ?? b;
  const verdict = ORDER.indexOf(a.verdict) >= ORDER.indexOf(b.verdict) ? a.verdict : b.verdict;
  return { verdict, findings: [...a.findings, ...b.findings] };
}
