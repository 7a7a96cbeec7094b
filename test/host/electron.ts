// `npm run test:electron`: the host suite in desktop VS Code, which it downloads.
import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { downloadAndUnzipVSCode, runTests } from '@vscode/test-electron';
import { bundleHostSuite } from './bundle.ts';
import { makeNotebookProject } from './notebook-project.ts';

const extensionTestsPath = await bundleHostSuite();
const version = process.env.VSCODE_VERSION ?? 'stable';
const vscodeExecutablePath = await downloadAndUnzipVSCode(version).catch((error: unknown) => {
  console.error(`Desktop VS Code (${version}) could not be downloaded here, so nothing was tested: ${String(error)}`);
  console.error('`npm run test:editor` runs the same suite in code-server, from the npm registry.');
  process.exit(1);
});
const dir = await mkdtemp(join(tmpdir(), 'model-registry-electron-'));
try {
  const workspace = join(dir, 'workspace');
  await mkdir(workspace);
  await makeNotebookProject(workspace);
  await runTests({
    vscodeExecutablePath,
    extensionDevelopmentPath: resolve(import.meta.dirname, '../..'),
    extensionTestsPath,
    launchArgs: [
      workspace,
      '--disable-workspace-trust',
      '--user-data-dir',
      join(dir, 'user-data'),
      '--extensions-dir',
      join(dir, 'extensions'),
    ],
  });
} finally {
  await rm(dir, { recursive: true, force: true, maxRetries: 5 });
}
