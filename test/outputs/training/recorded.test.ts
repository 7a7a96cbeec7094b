import { utimes } from 'node:fs/promises';
import { describe, expect, it } from 'vitest';
import { findRuns } from '../../../src/runs/find-runs.ts';
import { makeWorkspace, watchWorkspace } from '../workspace.ts';
import { recorded } from './recording.ts';
import { expectAsTold, trainings } from './trainings.ts';

describe('a training that was recorded', () => {
  it.each(trainings)(
    'of $name gives one version, with what its framework said of the run',
    async ({ script, outputs }) => {
      const { files, told } = await recorded(script);
      const workspace = await makeWorkspace();
      const watching = watchWorkspace(workspace, `outputs: ["${outputs}"]`, {
        runs: async (paths, sinceMs) => (await findRuns(workspace.root, { near: paths, sinceMs })).runs,
      });
      // As where a command in the editor runs it.
      watching.goingOn.commandStarted({ id: 'train', startedAtMs: Date.now() });
      for (const { path, mtimeMs, base64 } of files) {
        const file = await workspace.write(path, Buffer.from(base64, 'base64'));
        await utimes(file, mtimeMs / 1000, mtimeMs / 1000);
      }
      watching.goingOn.commandEnded('train', Date.now());
      await workspace.newest(1);
      await watching.quiet();
      expect(watching.problems).toEqual([]);
      expect(await workspace.versions()).toHaveLength(1);
      const { metrics, params, lineage, files: held = [] } = await workspace.registry.show({ ref: 'fraud@1' });
      expectAsTold({ metrics, params, run: lineage.run, paths: held.map(({ path }) => path) }, told);
    },
  );
});
