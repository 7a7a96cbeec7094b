import { sha256Hex } from '../../src/base/hash.ts';
import { encodeCommit, type Head, hashOfCommit } from '../../src/log/commit.ts';
import { environmentDigest } from '../../src/log/environment-digest.ts';
import { encodeFormatFile } from '../../src/log/format-file.ts';

const REGISTRY = '01M84GD1DENREG1STRY0000002';
const MODEL = '01M84GD1DENM0DE1FRAVD00000';
const sha256 = sha256Hex('x');
const file = { path: 'data/train.csv', sha256, sizeBytes: 3 };

/** Data by every name, and with members that aren't well formed: these are left out, and the version is registered. */
const DATA: readonly object[] = [
  { ...file, rows: 2 },
  { path: 'images', kind: 'dvc', hash: `md5:${'ab'.repeat(16)}.dir`, sizeBytes: 4, fileCount: 2 },
  { path: 'big.bin', kind: 'lfs', sha256, sizeBytes: 9 },
  { path: 'hf://datasets/acme/fraud', kind: 'huggingface', revision: 'c'.repeat(40) },
  { path: 's3://bucket/x', kind: 'url', unlisted: true },
  { ...file, kind: 'carrier pigeon', hash: 'two\nlines', revision: '', rows: -1, fileCount: 0.5 },
];
const locks = [{ path: 'uv.lock', sha256 }];
const sources = [
  { name: 'mine', isEditable: true, commit: 'd'.repeat(40), isDirty: false, folder: '.', url: 'https://x', sha256 },
];
const machine = {
  os: 'Ubuntu 22.04.4 LTS',
  architecture: 'x64',
  cpu: 'AMD EPYC',
  cpuCount: 8,
  memoryBytes: 16_000_000_000,
  gpus: ['NVIDIA A100'],
  gpuDriver: '550.54.15',
  cuda: '12.4.1',
};
const missing = [{ what: 'code', why: 'the folder is in no git repository' }];

/** Packages, machine and what is missing: whole, in part, and in ways that aren't well formed. */
const AROUND: readonly object[] = [
  { dependencies: { foundBy: 'command', locks, sources }, machine, missing },
  { dependencies: {}, machine: {}, missing: [] },
  { dependencies: { foundBy: 'guess' }, machine: { ...machine, cpuCount: -1 }, missing: [{ what: 'code' }] },
  { dependencies: { locks: [{ path: 'x', sha256: 'short' }] }, machine: 'large', missing: missing[0] },
  {
    dependencies: [],
    machine: { gpus: Array.from({ length: 65 }, () => 'GPU') },
    missing: Array.from({ length: 101 }, () => missing[0]),
  },
];
const environment = {
  packages: [
    { name: 'libblas', version: '3.9.0' },
    { name: 'numpy', version: '2.1.0' },
  ],
};
const ENVIRONMENTS: readonly object[] = [
  { ...environment, python: '3.12.4', conda: ['libblas', 'libblas', 'gone'] },
  { ...environment, python: '3.12.5', conda: 'libblas' },
];

/** A log of versions with where their data, packages and machine come from. */
export function goldenLineageLog(): { readonly format: Uint8Array; readonly commits: readonly Uint8Array[] } {
  const format = encodeFormatFile({
    format: 1,
    registryId: REGISTRY,
    created: '2026-11-25T12:00:00.000Z',
    requires: [],
  });
  const commits: Uint8Array[] = [];
  let head: Head = { seq: 0, hash: sha256Hex(format) };
  let serial = 0;
  const commit = (events: readonly object[]) => {
    serial += 1;
    const intent = {
      id: `01M84GD1DEN1NTENT${String(serial).padStart(9, '0')}`,
      registryId: REGISTRY,
      by: { name: 'Ann', email: 'ann@example.org' },
      askedAt: '2026-11-25T12:00:00.000Z',
      via: 'auto',
      events,
    };
    const line = new TextEncoder().encode(JSON.stringify(intent));
    const bytes = encodeCommit({ v: 1, seq: head.seq + 1, prev: head.hash, at: '2026-11-25T12:00:01.000Z' }, [line]);
    commits.push(bytes);
    head = { seq: head.seq + 1, hash: hashOfCommit(bytes) };
  };
  const registered = (more: object) => ({
    type: 'version.registered',
    model: MODEL,
    version: `01M84GD1DENVERS10N${String(serial + 1).padStart(8, '0')}`,
    artifact: { digest: sha256Hex(`artifact ${serial}`), sizeBytes: 3, fileCount: 1 },
    ...more,
  });
  commit([{ type: 'model.created', model: MODEL, name: 'fraud' }]);
  for (const data of DATA) commit([registered({ data: [data] })]);
  for (const around of AROUND) commit([registered(around)]);
  for (const recorded of ENVIRONMENTS) {
    const digest = environmentDigest({ ...environment, ...recorded });
    commit([{ type: 'environment.recorded', digest, ...recorded }, registered({ environment: digest })]);
  }
  return { format, commits };
}
