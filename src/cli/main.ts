import packageJson from '../../package.json' with { type: 'json' };
import { runCli } from './program.ts';

for (const stream of [process.stdout, process.stderr]) {
  stream.on('error', (error: NodeJS.ErrnoException) => {
    // The reader, `head` for example, has what it wanted.
    if (error.code === 'EPIPE') process.exit(0);
    throw error;
  });
}

void runCli(process.argv.slice(2), packageJson.version).then((code) => {
  process.exitCode = code;
});
