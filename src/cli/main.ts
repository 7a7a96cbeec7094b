import packageJson from '../../package.json' with { type: 'json' };
import { compileForShortRuns, keepCompiledCode } from './code-cache.ts';

for (const stream of [process.stdout, process.stderr]) {
  stream.on('error', (error: NodeJS.ErrnoException) => {
    // The reader, `head` for example, has what it wanted.
    if (error.code === 'EPIPE') process.exit(0);
    throw error;
  });
}

compileForShortRuns();
keepCompiledCode();
void import('./program.ts')
  .then(({ runCli }) => runCli(process.argv.slice(2), packageJson.version))
  .then((code) => {
    process.exitCode = code;
  });
