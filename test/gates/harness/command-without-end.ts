import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { withGuard } from '../../../src/gates/command-guard.ts';
import { runCommand } from '../../../src/gates/run-command.ts';

/** Runs a command that goes on for ever, as a gate does; it writes its id and its folder into the file that the first argument names. */
const [, , file = ''] = process.argv;
const COMMAND = `
  const { FOLDER, FILE } = process.env;
  require('node:fs').writeFileSync(FILE + '.new', JSON.stringify({ pid: process.pid, folder: FOLDER }));
  require('node:fs').renameSync(FILE + '.new', FILE);
  process.on('SIGTERM', () => {});
  setInterval(() => {}, 1000);
`;

await withGuard('gate', async (guard, folder) => {
  await writeFile(join(folder, 'model.bin'), 'weights');
  await runCommand({
    words: [process.execPath, '-e', COMMAND],
    cwd: process.cwd(),
    env: { FOLDER: folder, FILE: file },
    timeLimitMs: 600_000,
    signal: new AbortController().signal,
    guard,
    onOutput: () => undefined,
  });
});
