import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { bundleHostSuite } from '../host/bundle.ts';
import { makeNotebookProject } from '../host/notebook-project.ts';
import { writeFailure } from './harness/editor.ts';
import { runInExtensionHost } from './harness/host-suite.ts';

it('the suite inside the extension host passes', async () => {
  const workspace = await mkdtemp(join(tmpdir(), 'model-registry-host-workspace-'));
  try {
    await makeNotebookProject(workspace);
    const run = await runInExtensionHost(await bundleHostSuite(), workspace);
    const report = run.lines.filter((line) => /^(ok|not ok|#)/.test(line));
    if (run.code !== 0) await writeFailure('host-suite.log', `${run.lines.join('\n')}\n${run.logs}`);
    console.log(report.join('\n'));
    expect(report.filter((line) => line.startsWith('not ok'))).toEqual([]);
    expect(run.code, 'ended with a failure; the logs are in out/failures/host-suite.log').toBe(0);
    expect(report.filter((line) => line.startsWith('ok')).length).toBeGreaterThan(0);
  } finally {
    await rm(workspace, { recursive: true, force: true });
  }
});
