// `node examples/make-sample.mjs`: trains the versions of the sample that the extension opens, and writes what came of it to examples/sample-runs.json.
// The same configurations give the same bytes, so that whoever trains them again in the sample gets the versions that are there.
import { execFileSync } from 'node:child_process';
import { cp, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const folder = await mkdtemp(join(tmpdir(), 'model-registry-sample-'));
try {
  await cp(join(import.meta.dirname, 'fraud-detector'), folder, { recursive: true });
  const read = (path) => readFile(join(folder, path), 'utf8');
  const balanced = JSON.parse(await read('configs/balanced.json'));
  const configurations = {
    baseline: JSON.parse(await read('configs/baseline.json')),
    wider: { ...balanced, fraud_weight: 1 },
    balanced,
  };
  const runs = [];
  for (const [name, config] of Object.entries(configurations)) {
    const configText = `${JSON.stringify(config, null, 2)}\n`;
    if (name === 'wider') await writeFile(join(folder, 'configs/wider.json'), configText);
    execFileSync('python3', ['train.py', '--config', `configs/${name}.json`], { cwd: folder, stdio: 'inherit' });
    const model = (await readFile(join(folder, 'models/fraud/model.safetensors'))).toString('base64');
    runs.push({
      name,
      ...(name === 'wider' ? { config: configText } : {}),
      model,
      metrics: await read('reports/metrics.json'),
      params: await read('params.yaml'),
    });
  }
  await writeFile(join(import.meta.dirname, 'sample-runs.json'), `${JSON.stringify(runs, null, 2)}\n`);
} finally {
  await rm(folder, { recursive: true, force: true });
}
