import { copyFile, mkdir, readdir, readFile, truncate, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import * as v from 'valibot';
import { describe, expect, it } from 'vitest';
import { temporaryFolder, write } from '../lineage/folder.ts';
import { expected, fixture, runsIn } from './fixtures.ts';

const schema = v.object({
  id: v.string(),
  commit: v.string(),
  summary: v.record(v.string(), v.unknown()),
  config: v.record(v.string(), v.unknown()),
});

/** The numbers of W&B's own summary. */
function numbersOf(summary: Readonly<Record<string, unknown>>): Record<string, unknown> {
  const found: Record<string, unknown> = {};
  for (const [name, value] of Object.entries(summary)) {
    if (name.startsWith('_')) continue;
    if (typeof value === 'number' || ['NaN', 'Infinity', '-Infinity'].includes(String(value))) found[name] = value;
    else if (typeof value === 'object' && value !== null)
      for (const [part, item] of Object.entries(value)) found[`${name}.${part}`] = item;
  }
  return found;
}

async function logOf(root: string): Promise<string> {
  const [run] = await readdir(join(root, 'wandb'));
  const files = await readdir(join(root, 'wandb', run ?? ''));
  return join(root, 'wandb', run ?? '', files.find((name) => name.endsWith('.wandb')) ?? '');
}

describe('runs of W&B', () => {
  it('say what W&B itself says, from the transaction log alone', async () => {
    const told = await expected('wandb-offline', schema);
    const [run, ...others] = await runsIn(await fixture('wandb-offline'), 'wandb');
    expect(others).toEqual([]);
    expect(run).toMatchObject({
      id: told.id,
      name: 'bright-sky',
      group: 'churn',
      status: 'finished',
      gitCommit: told.commit,
      command: 'train.py',
      tags: { wandb: 'a' },
      metrics: { ...numbersOf(told.summary), 'nested.auc': 0.5 },
      params: { lr: '0.1', layers: '[64,32]', 'opt.name': 'adam', depth: '3' },
    });
    expect(run?.url).toBeUndefined();
    expect(run?.problems).toBeUndefined();
    expect(run?.history?.loss?.total).toBe(300);
    expect(run?.history?.loss?.points.at(-1)).toMatchObject({ step: 299, value: 1 / 300 });
    expect(Object.keys(run?.metrics ?? {})).not.toContain('roc');
  });

  it('say what W&B itself says, from the files of old versions and of online runs', async () => {
    const told = await expected('wandb-0.16', schema);
    const root = await fixture('wandb-0.16');
    const [withLog] = await runsIn(root, 'wandb');
    expect(withLog).toMatchObject({ id: told.id, metrics: numbersOf(told.summary), gitCommit: told.commit });
    expect(withLog?.history?.['val/acc']?.points).toHaveLength(10);
    // As they are after `wandb sync --clean`, with the log gone; and what is in the summary, as online.
    const alone = await temporaryFolder();
    const [name = ''] = await readdir(join(root, 'wandb'));
    const folder = name.replace('offline-', '');
    await mkdir(join(alone, 'wandb', folder, 'files'), { recursive: true });
    for (const file of ['config.yaml', 'wandb-metadata.json'])
      await copyFile(join(root, 'wandb', name, 'files', file), join(alone, 'wandb', folder, 'files', file));
    await write(alone, `wandb/${folder}/files/wandb-summary.json`, JSON.stringify(told.summary));
    const [fromFiles] = await runsIn(alone, 'wandb');
    expect(fromFiles).toMatchObject({
      id: told.id,
      metrics: numbersOf(told.summary),
      params: { lr: '0.1', layers: '[64,32]', 'opt.name': 'adam' },
      gitCommit: told.commit,
    });
    expect(fromFiles?.startedAt).toMatch(/^2026-11-25T/);
  });

  it('have a page where they were shared', async () => {
    const root = await fixture('wandb-offline');
    await writeFile(`${await logOf(root)}.synced`, '');
    const { id } = await expected('wandb-offline', schema);
    expect((await runsIn(root, 'wandb'))[0]?.url).toBe(`https://wandb.ai/team/churn/runs/${id}`);
    await write(root, 'wandb/settings', '[default]\nbase_url = https://wandb.example.com\n');
    expect((await runsIn(root, 'wandb'))[0]?.url).toBe(`https://wandb.example.com/team/churn/runs/${id}`);
    await write(root, 'wandb/settings', '[default]\nbase_url = javascript:alert(1)//\n');
    expect((await runsIn(root, 'wandb'))[0]?.url).toBe(`https://wandb.ai/team/churn/runs/${id}`);
  });

  it('are read up to where the log of a run that was killed ends, or is damaged', async () => {
    const root = await fixture('wandb-offline');
    const log = await logOf(root);
    const whole = await readFile(log);
    await truncate(log, 40_000);
    const [killed] = await runsIn(root, 'wandb');
    expect(killed).toMatchObject({ name: 'bright-sky', status: 'unknown', params: { lr: '0.1' } });
    expect(killed?.endedAt).toBeUndefined();
    expect(killed?.history?.loss?.total).toBeGreaterThan(10);
    expect(killed?.history?.loss?.total).toBeLessThan(300);
    expect(killed?.problems).toBeUndefined();
    const damaged = Buffer.from(whole);
    damaged[35_000] = (damaged[35_000] ?? 0) ^ 1;
    await writeFile(log, damaged);
    const [found] = await runsIn(root, 'wandb');
    expect(found?.problems).toEqual([expect.stringContaining('is damaged')]);
    expect(found?.metrics.loss).toBeGreaterThan(1 / 300);
  });
});
