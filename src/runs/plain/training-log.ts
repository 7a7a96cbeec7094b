import { nameOf, parentOf, pathBelow } from '../paths.ts';
import { paramsOfFile } from '../read-values.ts';
import type { RunReader } from '../run-reader.ts';
import type { RunCheckpoint, RunRecord } from '../run-record.ts';
import { parseTable } from '../table.ts';
import { courseOf } from '../table-values.ts';
import { RunValues } from '../values.ts';

const FILE = /^(?:[\w.-]*(?:train|training|history|log|logs|results|metrics|epochs)[\w.-]*)\.(?:csv|tsv|log)$/i;
const MAX_BYTES = 16 * 1024 * 1024;

/** A row for each epoch, as Keras's CSVLogger and Ultralytics write it, the latter with its arguments and weights beside. */
export const trainingLogReader: RunReader = {
  tracker: 'training-log',
  label: 'Training log',
  recognise(folder, entries) {
    // Lightning's own, which it has a reader for.
    const isLightning = entries.some(({ name }) => name === 'hparams.yaml' || name === 'checkpoints');
    return entries
      .filter(({ name, isFolder }) => !isFolder && FILE.test(name) && !(isLightning && name === 'metrics.csv'))
      .map(({ name }) => pathBelow(folder, name));
  },
  async read(place, { files, sinceMs }) {
    const stat = await files.stat(place);
    // Other programs write logs, too; those are looked at only as far as it takes to see that they are no tables.
    if (!stat || stat.mtimeMs < sinceMs || stat.sizeBytes > MAX_BYTES) return [];
    const head = new TextDecoder().decode(await files.read(place, 4096)).replace(/^\uFEFF/, '');
    if (!/^\s*"?epochs?"?\s*[,;\t]/i.test(head)) return [];
    const table = parseTable((await files.readText(place, MAX_BYTES)) ?? '');
    if (!table) return [];
    const values = new RunValues();
    const course = courseOf(table);
    for (const [name, value] of course.last()) values.metric(name, value);
    const argumentsFile = pathBelow(parentOf(place), 'args.yaml');
    const params = await paramsOfFile(argumentsFile, files, values);
    for (const [name, value] of Object.entries(params ?? {})) values.param(name, value);
    const checkpoints: RunCheckpoint[] = [];
    for (const name of ['best', 'last']) {
      const path = pathBelow(parentOf(place), `weights/${name}.pt`);
      if (params && (await files.stat(path)))
        checkpoints.push({ path, ...(name === 'best' ? { isBest: true } : { isLast: true }) });
    }
    const record: RunRecord = {
      tracker: 'training-log',
      place,
      name: nameOf(place),
      status: 'unknown',
      endedAt: new Date(stat.mtimeMs).toISOString(),
      metrics: values.metrics,
      params: values.params,
      ...course.build(),
      ...(checkpoints.length > 0 ? { checkpoints } : {}),
      sourceFiles: [place, ...(params ? [argumentsFile] : [])],
      ...values.problems,
    };
    return [record];
  },
};
