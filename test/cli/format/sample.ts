import { vi } from 'vitest';
import type { VersionDetails, VersionSummary } from '../../../src/catalog/read-models/versions.ts';

const ANN = { name: 'Ann Lee', email: 'ann@example.org' };

/** A version with every field, of which a test names those that it is about. */
export function sampleVersion(fields: Partial<VersionSummary> = {}): VersionSummary {
  return {
    model: 'fraud-detector',
    modelId: '01M8475KGBX921JV02RGNCYWTG',
    id: '01M8475N7N7GNZ6HZ4NA5CER3K',
    number: 7,
    stage: 'candidate',
    stageSince: '2026-11-20T09:00:00.000Z',
    stageBy: ANN,
    createdAt: '2026-11-20T09:00:00.000Z',
    createdBy: ANN,
    via: 'cli',
    description: '',
    tags: {},
    aliases: [],
    metrics: {},
    params: {},
    artifact: { digest: 'ab'.repeat(32), sizeBytes: 1234, fileCount: 2 },
    pending: false,
    ...fields,
  };
}

export function sampleDetails(fields: Partial<VersionDetails> = {}): VersionDetails {
  return {
    ...sampleVersion(),
    files: [],
    lineage: { data: [], evaluations: [], dependencies: [], locks: [], missing: [] },
    reviews: [],
    transitions: [],
    notes: [],
    comments: [],
    sameArtifact: [],
    sameWeights: [],
    hasHistory: false,
    ...fields,
  };
}

/** Makes texts the same whoever runs the tests, and wherever. */
export function withoutColour(): void {
  vi.stubEnv('FORCE_COLOR', undefined);
  vi.stubEnv('NO_COLOR', '1');
}
