import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import * as v from 'valibot';
import { expect, it } from 'vitest';
import { toolDeclarations, toolTexts } from '../../../src/extension/agents/tool-declarations.ts';

const file = join(import.meta.dirname, '../../../package.json');
const textsFile = join(import.meta.dirname, '../../../package.nls.json');
const manifestSchema = v.looseObject({
  contributes: v.looseObject({
    languageModelTools: v.array(
      v.looseObject({ name: v.string(), toolReferenceName: v.string(), inputSchema: v.unknown() }),
    ),
    mcpServerDefinitionProviders: v.array(v.object({ id: v.string(), label: v.string() })),
  }),
});

it('package.nls.json has the titles of the tools, and what they do', async () => {
  const texts: unknown = JSON.parse(await readFile(textsFile, 'utf8'));
  expect(texts).toMatchObject(toolTexts());
});

it('package.json declares the tools as they are (UPDATE_MANIFEST=1 writes them anew)', async () => {
  const manifest = v.parse(manifestSchema, JSON.parse(await readFile(file, 'utf8')));
  const declared: unknown = JSON.parse(JSON.stringify(toolDeclarations()));
  if (process.env.UPDATE_MANIFEST === '1') {
    const contributes = { ...manifest.contributes, languageModelTools: declared };
    await writeFile(file, `${JSON.stringify({ ...manifest, contributes }, null, 2)}\n`);
    return;
  }
  const { languageModelTools: tools, mcpServerDefinitionProviders } = manifest.contributes;
  expect(tools).toEqual(declared);
  for (const { name, toolReferenceName } of tools) {
    expect(name).toMatch(/^[\w-]+$/);
    expect(toolReferenceName).toMatch(/^[\w-]+$/);
  }
  expect(mcpServerDefinitionProviders).toEqual([{ id: 'modelRegistry', label: 'Model Registry' }]);
});
