import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { projectJsonSchema } from '../../src/project/json-schema.ts';

const file = join(import.meta.dirname, '../../media/model-registry.schema.json');

it('ships the JSON schema that the project file is checked with (UPDATE_SCHEMA=1 writes it anew)', async () => {
  const text = `${JSON.stringify(projectJsonSchema(), null, 2)}\n`;
  if (process.env.UPDATE_SCHEMA === '1') await writeFile(file, text);
  expect(JSON.parse(await readFile(file, 'utf8'))).toEqual(JSON.parse(text));
});
