import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { bundleHostSuite } from '../host/bundle.ts';
import { runInExtensionHost } from './harness/host-suite.ts';

it('the suite inside the extension host passes', async () => {
  const workspace = await mkdtemp(join(tmpdir(), 'model-registry-host-workspace-'));
  try {
    const run = await runInExtensionHost(await bundleHostSuite(), workspace);
    const report = run.lines.filter((line) => /^(ok|not ok|#)/.test(line));
    console.log(report.join('\n'));
    expect(run.code, `${run.lines.join('\n')}\n${run.logs}`).toBe(0);
    expect(report.filter((line) => line.startsWith('ok')).length).toBeGreaterThan(0);
  } finally {
    await rm(workspace, { recursive: true, force: true });
  }
});
