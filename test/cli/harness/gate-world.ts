import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { CommandLine, Ended } from './command-line.ts';
import { plainFolder, type Workspace } from './workspace.ts';

/** Of `fraud`, version 1 is in production, 2 passes every gate of the table, and 3 none. */
export interface GateWorld {
  readonly work: Workspace;
  run(...args: readonly string[]): Promise<Ended>;
  dispose(): Promise<void>;
}

const DATASET = ['--dataset', 'holdout'] as const;

/** Versions that differ in everything that a gate can ask for. */
export async function gateWorld(cli: CommandLine): Promise<GateWorld> {
  const work = await plainFolder();
  const remote = await mkdtemp(join(tmpdir(), 'model-registry-remote-'));
  const run = async (...args: readonly string[]): Promise<Ended> => {
    const ended = await cli.run(args, { cwd: work.dir });
    if (args[0] !== 'gates' && ended.code !== 0) throw new Error(`${args.join(' ')}: ${ended.stderr}`);
    return ended;
  };
  await work.git('init', '-q', '-b', 'main');
  await work.git('init', '-q', '--bare', remote);
  await work.git('remote', 'add', 'origin', remote);
  await work.git('config', 'user.name', 'Ann Lee');
  await work.git('config', 'user.email', 'ann@example.org');
  await work.write('.gitignore', 'model/\n*.csv\n*.json\n*.safetensors\n');
  await work.write('uv.lock', 'version = 1\n');
  await work.write('check.mjs', 'process.exit(process.env.MODEL_REGISTRY_VERSION === "2" ? 0 : 1);\n');
  await work.write(
    'bench.mjs',
    'console.log(process.env.MODEL_REGISTRY_VERSION === "2" ? "[9, 1, 2]" : "[1, 8, 9]");\n',
  );
  await work.git('add', '.');
  await work.git('commit', '-qm', 'A project');
  await work.git('push', '-q', 'origin', 'main');
  await work.write('train.csv', 'amount,label\n1,0\n');
  await run('init');

  await work.write('bert.safetensors', safetensors('cc-by-nc-4.0'));
  await run('register', 'bert', 'bert.safetensors');
  const register = async (metrics: readonly string[], more: readonly string[]) => {
    const given = metrics.flatMap((metric) => ['--metrics', metric]);
    await run('register', 'fraud', 'model', ...given, ...more);
  };
  await mkdir(join(work.dir, 'model'));
  await work.write('model/model.safetensors', safetensors('mit'));
  await work.write('model/MLmodel', mlmodel('float'));
  await register(['auc=0.93', 'rmse=100', 'latency_p95_ms=30'], ['--data', 'train.csv']);
  await work.write('model/config.txt', 'better');
  await register(['auc=0.94', 'rmse=102', 'latency_p95_ms=40'], ['--data', 'train.csv']);

  await work.git('rm', '-q', 'uv.lock');
  await work.git('commit', '-qm', 'Not pushed');
  await work.write('check.mjs', '// changed\nprocess.exit(process.env.MODEL_REGISTRY_VERSION === "2" ? 0 : 1);\n');
  await work.write('model/MLmodel', mlmodel('long'));
  // Loading it would import something of a module that nobody knows.
  await work.write('model/extra.pkl', Buffer.from('\x80\x02cmystery\nThing\n.', 'latin1'));
  await work.write('model/config.txt', 'x'.repeat(1_000_000));
  await register(
    ['auc=0.84', 'rmse=103', 'latency_p95_ms=41'],
    ['--data', 's3://bucket/train.csv', '--base', 'bert@1'],
  );

  for (const [version, wrong] of [
    [1, isWrongInProduction],
    [2, isWrongInGood],
    [3, isWrongInBad],
  ] as const) {
    await work.write('predictions.csv', predictions(wrong));
    const by = ['--by', 'country', '--by', 'sex'];
    await run('evaluate', `fraud@${version}`, '--predictions', 'predictions.csv', ...DATASET, ...by);
  }
  for (const [version, low] of [
    [2, 0.86],
    [3, 0.84],
  ] as const) {
    await work.write('intervals.json', JSON.stringify({ auc: { value: 0.9, low, high: 0.94 } }));
    await run('evaluate', `fraud@${version}`, '--metrics', 'intervals.json', '--dataset', 'march');
  }
  await run('promote', 'fraud@1', 'production', '--reason', 'The first');
  await run('approve', 'fraud@3', 'production');
  await work.git('config', 'user.email', 'bob@example.org');
  await run('approve', 'fraud@2', 'production');
  return {
    work,
    run,
    async dispose() {
      await work.dispose();
      await rm(remote, { recursive: true, force: true, maxRetries: 5 });
    },
  };
}

/** Two hundred examples, half of them positive, of which some are predicted wrongly. */
function predictions(isWrong: (row: number) => boolean): string {
  const rows = Array.from({ length: 200 }, (_, row) => {
    const score = (row % 2 === 1) === isWrong(row) ? 0.1 : 0.9;
    return `${row},${row % 2},${score},${isGerman(row) ? 'DE' : 'FR'},${isWoman(row) ? 'F' : 'M'}`;
  });
  return `id,label,score,country,sex\n${rows.join('\n')}\n`;
}

const isGerman = (row: number) => row % 4 < 2;
const isWoman = (row: number) => row % 8 >= 4;
const isWrongInGood = (row: number) => row % 20 === 7 || row % 20 === 12;
const isWrongInProduction = (row: number) => isWrongInGood(row) || row % 20 === 3;
/** Of the French most, of women all negatives, and of German men all positives. */
const isWrongInBad = (row: number) => {
  if (!isGerman(row)) return row % 3 !== 0;
  return isWoman(row) ? row % 2 === 0 : row % 2 === 1;
};

function safetensors(licence: string): Uint8Array {
  const header = JSON.stringify({
    __metadata__: { 'modelspec.license': licence },
    weight: { dtype: 'F32', shape: [1], data_offsets: [0, 4] },
  });
  const bytes = Buffer.alloc(8 + header.length + 4);
  bytes.writeBigUInt64LE(BigInt(header.length));
  bytes.write(header, 8);
  return bytes;
}

function mlmodel(type: string): string {
  const columns = (name: string, of: string) => JSON.stringify([{ name, type: of }]);
  return `flavors:\n  onnx: {}\nsignature:\n  inputs: '${columns('amount', type)}'\n  outputs: '${columns('score', 'float')}'\n`;
}
