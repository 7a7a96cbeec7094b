import packageJson from '../../package.json' with { type: 'json' };
import { compileForShortRuns, keepCompiledCode } from './code-cache.ts';
import { EXIT } from './exit-codes.ts';

let isOutputLost = false;
for (const stream of [process.stdout, process.stderr]) {
  stream.on('error', (error: NodeJS.ErrnoException) => {
    // The reader, `head` for example, has what it wanted.
    if (error.code === 'EPIPE') process.exit(0);
    if (!isOutputLost && stream === process.stdout) process.stderr.write(lostText(error.code ?? error.message));
    isOutputLost = true;
    process.exitCode = EXIT.refused;
  });
}

/** What was recorded stays so, and the command goes on: only nobody can read what it says. */
function lostText(why: string): string {
  const code = 'OUTPUT_LOST';
  const message = `The output couldn't be written (${why}). What the command did is done; check the disk or the file that it was to be written to.`;
  return process.argv.includes('--json')
    ? `${JSON.stringify({ error: { code, message, details: {} } })}\n`
    : `error: ${code}: ${message}\n`;
}

compileForShortRuns();
keepCompiledCode();
void import('./program.ts')
  .then(({ runCli }) => runCli(process.argv.slice(2), packageJson.version))
  .then((code) => {
    process.exitCode = isOutputLost && code === EXIT.done ? EXIT.refused : code;
  });
