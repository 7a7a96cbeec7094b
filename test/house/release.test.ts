import { execFileSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { listFiles, PackageManager } from '@vscode/vsce';
import * as v from 'valibot';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';

const root = resolve(import.meta.dirname, '../..');
const text = (path: string) => readFileSync(resolve(root, path), 'utf8');

const manifest = v.parse(
  v.object({
    version: v.string(),
    icon: v.string(),
    categories: v.array(v.string()),
    keywords: v.array(v.string()),
    galleryBanner: v.object({
      color: v.pipe(v.string(), v.regex(/^#[0-9a-f]{6}$/)),
      theme: v.picklist(['dark', 'light']),
    }),
    engines: v.object({ vscode: v.string() }),
    scripts: v.record(v.string(), v.string()),
  }),
  JSON.parse(text('package.json')),
);

const stepSchema = v.object({
  uses: v.optional(v.string()),
  run: v.optional(v.string()),
  with: v.optional(v.record(v.string(), v.unknown())),
});
const jobSchema = v.looseObject({
  'timeout-minutes': v.number(),
  permissions: v.optional(v.record(v.string(), v.picklist(['read', 'write']))),
  strategy: v.optional(v.object({ matrix: v.object({ include: v.array(v.record(v.string(), v.string())) }) })),
  environment: v.optional(v.string()),
  steps: v.array(stepSchema),
});
const workflowSchema = v.looseObject({
  // Nothing is allowed that isn't named.
  permissions: v.record(v.string(), v.picklist(['read'])),
  jobs: v.record(v.string(), jobSchema),
});

const folder = '.github/workflows';
const workflows = readdirSync(resolve(root, folder)).map((file) => ({
  file,
  source: text(`${folder}/${file}`),
  jobs: Object.entries(v.parse(workflowSchema, parse(text(`${folder}/${file}`))).jobs),
}));
const jobs = workflows.flatMap(({ file, jobs: all }) => all.map(([name, job]) => ({ name: `${file}: ${name}`, job })));
const steps = jobs.flatMap(({ name, job }) => job.steps.map((step) => ({ name, step })));

describe('workflows', () => {
  it('run scripts and files that exist', () => {
    const run = steps.map(({ step }) => step.run ?? '').join('\n');
    const scripts = [...run.matchAll(/\bnpm run (?:--silent )?([\w:-]+)/g)].map(([, name = '']) => name);
    expect(scripts).toContain('test:unit');
    expect(scripts.filter((name) => !Object.hasOwn(manifest.scripts, name))).toEqual([]);
    const files = [...run.matchAll(/\S+\.(?:m?ts|mjs)\b|\.ci\/run/g)].map(([name]) => name);
    expect(files).toContain('.ci/run');
    expect(files.filter((name) => !existsSync(resolve(root, name)))).toEqual([]);
  });

  it('use each action in one version, by the digest of its commit', () => {
    const used = workflows.flatMap(({ source }) => [...source.matchAll(/uses: (.*)$/gm)].map(([, name = '']) => name));
    expect(used.filter((name) => !/^[\w./-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+$/.test(name))).toEqual([]);
    const actions = new Set(used.map((name) => name.split('@')[0]));
    expect(new Set(used).size).toBe(actions.size);
  });

  it('leave no credential in the work tree, and paste nothing that others wrote into a script', () => {
    const checkouts = steps.filter(({ step }) => step.uses?.startsWith('actions/checkout@'));
    expect(checkouts.filter(({ step }) => step.with?.['persist-credentials'] !== false)).toEqual([]);
    const pasted = steps.flatMap(({ step }) => step.run?.match(/\$\{\{.*?\}\}/g) ?? []);
    expect(pasted.filter((expression) => !/^\$\{\{ matrix\.\w+ \}\}$/.test(expression))).toEqual([]);
  });

  it('let a job write only for what it is there for, and none that may write runs scripts of packages', () => {
    const writing = jobs.flatMap(({ name, job }) =>
      Object.entries(job.permissions ?? {}).flatMap(([right, access]) => (access === 'write' ? [[name, right]] : [])),
    );
    expect(writing).toEqual([
      ['release.yml: attest', 'id-token'],
      ['release.yml: attest', 'attestations'],
      ['release.yml: marketplace', 'id-token'],
      ['release.yml: open-vsx', 'id-token'],
      ['release.yml: release', 'contents'],
    ]);
    const installs = steps.filter(
      ({ name, step }) =>
        writing.some(([job]) => job === name) && /\bnpm (ci|install)\b|\bnpx --yes\b/.test(step.run ?? ''),
    );
    expect(installs.filter(({ step }) => !step.run?.includes('--ignore-scripts'))).toEqual([]);
  });

  it('test on three systems, and on the oldest editor that the manifest lets in', () => {
    const matrices = jobs.flatMap(({ job }) => job.strategy?.matrix.include ?? []);
    expect(new Set(matrices.map(({ name }) => name))).toEqual(new Set(['Windows', 'macOS', 'Linux']));
    expect(matrices.map(({ vscode }) => `^${vscode}`)).toContain(manifest.engines.vscode);
  });
});

describe('what is published', () => {
  it('is what runs, what it shows, and what says what it is', async () => {
    const files = await listFiles({ cwd: root, packageManager: PackageManager.None });
    const media = tracked('media').filter((file) => !file.endsWith('.md') || file.startsWith('media/walkthrough/'));
    const others = files.filter((file) => !file.startsWith('dist/'));
    const texts = tracked('*.nls*.json', 'l10n').filter((file) =>
      /^(package\.nls|l10n\/(bundle|core)\.l10n)\b/.test(file),
    );
    expect(others.sort()).toEqual(['CHANGELOG.md', 'LICENSE', 'README.md', 'package.json', ...texts, ...media].sort());
    expect(files.filter((file) => /\.(map|ts|tsbuildinfo|env)$/.test(file))).toEqual([]);
  });

  it('has a changelog that begins with its version', () => {
    const headings = [...text('CHANGELOG.md').matchAll(/^## (.*)$/gm)].map(([, heading]) => heading);
    const escaped = manifest.version.replaceAll('.', '\\.');
    expect(headings[0]).toMatch(new RegExp(`^\\[${escaped}\\] - (unreleased|\\d{4}-\\d{2}-\\d{2})$`));
  });

  it('is presented by what the marketplaces take', () => {
    // The list of the reference for the manifest, of what fits a registry of models.
    const known = ['AI', 'Azure', 'Data Science', 'Machine Learning', 'Notebooks', 'Other', 'Visualization'];
    expect(manifest.categories.filter((category) => !known.includes(category))).toEqual([]);
    expect(new Set(manifest.keywords).size).toBe(manifest.keywords.length);
    // vsce adds some for what is contributed; 30 are taken.
    expect(manifest.keywords.length).toBeLessThanOrEqual(20);
    const icon = readFileSync(resolve(root, manifest.icon));
    expect([icon.toString('latin1', 1, 4), icon.readUInt32BE(16) >= 128, icon.readUInt32BE(20) >= 128]).toEqual([
      'PNG',
      true,
      true,
    ]);
  });

  it('has no link in its documents that leads nowhere', () => {
    const documents = tracked('*.md', 'docs/*.md');
    expect(documents).toEqual(expect.arrayContaining(['README.md', 'SECURITY.md', 'CONTRIBUTING.md']));
    const broken = documents.flatMap((document) =>
      [...text(document).matchAll(/\]\((?!https?:|#)([^)#\s]+)[^)]*\)/g)]
        .map(([, target = '']) => target)
        .filter((target) => !existsSync(resolve(root, dirname(document), target)))
        .map((target) => `${document}: ${target}`),
    );
    expect(broken).toEqual([]);
  });
});

function tracked(...patterns: readonly string[]): readonly string[] {
  const listing = execFileSync(
    'git',
    [
      'ls-files',
      '-z',
      '--',
      ...patterns.map((pattern) => `:(glob)${pattern}/**`),
      ...patterns.map((pattern) => `:(glob)${pattern}`),
    ],
    { cwd: root, encoding: 'utf8' },
  );
  return listing.split('\0').filter((file) => file !== '' && existsSync(resolve(root, file)));
}
