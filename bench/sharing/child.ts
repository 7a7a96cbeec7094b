import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { buildInto } from '../../test/cli/harness/build.ts';

/** Programs of this folder, bundled as what people install is: reading TypeScript takes memory and time of its own. */
export async function bundledPrograms(...names: readonly string[]) {
  const folder = await mkdtemp(join(tmpdir(), 'model-registry-programs-'));
  await buildInto(folder, Object.fromEntries(names.map((name) => [name, join(import.meta.dirname, `${name}.ts`)])));
  return {
    fileOf: (name: string) => join(folder, `${name}.js`),
    dispose: () => rm(folder, { recursive: true, force: true }),
  };
}

/** Runs a program in a process of its own. Returns the JSON that it prints, and the most memory that it had. */
export async function runChild(
  file: string,
  args: readonly string[],
  env: NodeJS.ProcessEnv,
): Promise<{ readonly printed: unknown; readonly peakRssBytes: number }> {
  const child = spawn(process.execPath, [file, ...args], {
    stdio: ['ignore', 'pipe', 'inherit'],
    env,
  });
  let text = '';
  child.stdout.on('data', (chunk: Buffer) => {
    text += chunk.toString();
  });
  let peakRssBytes = 0;
  const sampling = setInterval(async () => {
    const status = await readFile(`/proc/${child.pid}/status`, 'utf8').catch(() => '');
    peakRssBytes = Math.max(peakRssBytes, Number(/^VmHWM:\s+(\d+) kB/m.exec(status)?.[1] ?? 0) * 1024);
  }, 20);
  const [code] = await once(child, 'close');
  clearInterval(sampling);
  if (code !== 0) throw new Error(`${file} ${args.join(' ')} failed`);
  return { printed: JSON.parse(text), peakRssBytes };
}
