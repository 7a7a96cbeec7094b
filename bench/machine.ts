import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { arch, cpus, loadavg, release, tmpdir, totalmem, type } from 'node:os';
import { promisify } from 'node:util';

const execFileDone = promisify(execFile);

/** What the numbers depend on, as lines of `name: value`. */
export async function describeMachine(): Promise<readonly string[]> {
  const cores = cpus();
  return [
    `CPU: ${cores[0]?.model.trim() ?? 'unknown'}, ${cores.length} cores`,
    `Memory: ${(totalmem() / 2 ** 30).toFixed(0)} GiB`,
    `Disk of ${tmpdir()}: ${await diskOf(tmpdir())}`,
    `System: ${await systemName()}, ${type()} ${release()}, ${arch()}`,
    `Node: ${process.version}`,
    // Numbers of a machine that does something else meanwhile say little.
    `Processes that wanted a processor in the minute before: ${(loadavg()[0] ?? 0).toFixed(1)}`,
  ];
}

async function diskOf(folder: string): Promise<string> {
  try {
    const { stdout } = await execFileDone('df', ['-PT', folder]);
    const [device = '', kind = '', blocks = '0'] = stdout.trim().split('\n').at(-1)?.split(/\s+/) ?? [];
    return `${kind} on ${device}, ${Math.round(Number(blocks) / 2 ** 20)} GiB`;
  } catch {
    // No such program on this system.
    return 'unknown';
  }
}

async function systemName(): Promise<string> {
  const text = await readFile('/etc/os-release', 'utf8').catch(() => '');
  return /^PRETTY_NAME="?([^"\n]+)/m.exec(text)?.[1] ?? process.platform;
}
