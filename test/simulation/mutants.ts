// `npm run mutants`: runs a short campaign against each injected bug and says which were caught. Exit 1 when one wasn't.
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { MUTATIONS } from './mutations.ts';

const SCHEDULES = 6000;
const campaign = join(import.meta.dirname, 'campaign.ts');
const mutate = new URL('./mutate.ts', import.meta.url).href;

for (const { name, isShared } of MUTATIONS) {
  const flags = [
    '--disable-warning=MODULE_TYPELESS_PACKAGE_JSON',
    '--disable-warning=ExperimentalWarning',
    '--import',
    mutate,
  ];
  const run = spawnSync(
    process.execPath,
    [...flags, campaign, '--schedules', String(SCHEDULES), ...(isShared ? ['--shared'] : [])],
    {
      env: { ...process.env, MUTATION: name },
      encoding: 'utf8',
    },
  );
  // An ordinary crash of the campaign is no proof.
  const found = /^Seed (\d+) breaks an invariant: (.*)$/m.exec(run.stdout);
  if (!found) process.exitCode = 1;
  console.log(
    `${found ? 'caught' : 'NOT CAUGHT'} | ${name} | ${found ? `seed ${found[1]}: ${found[2]?.slice(0, 100)}` : run.stderr.slice(0, 300)}`,
  );
}
