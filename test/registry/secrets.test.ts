import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { CORPUS } from '../secrets/corpus.ts';
import { makePlace, type Place } from './opened.ts';

/** Every file of the registry, the catalog among them, but for the weights themselves. */
async function everythingIn({ registryDir }: Place): Promise<string> {
  const entries = await readdir(registryDir, { recursive: true, withFileTypes: true });
  const files = entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
  const contents = await Promise.all(files.map((file) => readFile(file, 'latin1')));
  return contents.join('\n');
}

/** A secret in its surroundings, and as it stands in JSON. */
const entries = CORPUS.map(({ name, secret, text = secret }) => ({
  name,
  text,
  marks: [secret, JSON.stringify(secret).slice(1, -1)],
}));

describe('a registry', () => {
  it('has no secret of the corpus in any field of what is registered, and none in the catalog', async () => {
    const place = await makePlace();
    const registry = await place.open();
    const file = await place.write('model.bin', 'weights');
    for (const [index, { text }] of entries.entries()) {
      const line = text.replace(/\s+/g, ' ');
      await registry.register({
        model: `model-${index}`,
        paths: [file],
        params: { note: text, [`p ${line}`.slice(0, 250)]: '1' },
        metrics: { [`m ${line}`.slice(0, 250)]: 1 },
        tags: { note: line },
        modelDescription: text,
        run: { id: line.slice(0, 500), name: line.slice(0, 500), url: `https://example.com/?x=${line}`, command: line },
        code: { commit: 'a'.repeat(40), isDirty: false, capturedAt: 'start', branch: line.slice(0, 500), remote: line },
        dataPaths: [{ path: line, source: file }, { path: `s3://bucket/${line}?versionId=${line}` }],
        environment: {
          packages: [{ name: 'numpy', version: `${index}` }],
          sources: [{ name: 'numpy', url: line, folder: line }],
        },
        locks: [{ path: line, sha256: 'a'.repeat(64) }],
        machine: { os: line.slice(0, 250), cpu: line.slice(0, 250), gpus: [line.slice(0, 250)] },
        missing: [{ what: line, why: line.slice(0, 1000) }],
        base: line.slice(0, 1000),
      });
    }
    await registry.rebuild();
    await registry.close();
    const everything = await everythingIn(place);
    expect(everything).toContain('[removed]');
    const left = entries.filter(({ marks }) => marks.some((mark) => everything.includes(mark)));
    expect(left.map(({ name }) => name)).toEqual([]);
  });

  it('recognises what it registered before, although something was removed', async () => {
    const place = await makePlace();
    const registry = await place.open();
    const paths = [await place.write('model.bin', 'weights')];
    const [first] = entries;
    const request = { model: 'fraud', paths, params: { password: 'sesame', note: first?.text ?? '' } };
    expect(await registry.register(request)).toMatchObject({ isNew: true });
    expect(await registry.register(request)).toMatchObject({ isNew: false });
  });

  it('refuses a secret in what a person writes, and says what it looks like without repeating it', async () => {
    const place = await makePlace();
    const registry = await place.open();
    const paths = [await place.write('model.bin', 'weights')];
    await registry.register({ model: 'fraud', paths });
    const before = await place.files();
    for (const { text, marks } of entries) {
      const attempts = [
        registry.promote({ ref: 'fraud@1', stage: 'staging', reason: text }),
        registry.note({ ref: 'fraud@1', text }),
        registry.comment({ ref: 'fraud@1', text }),
        registry.describe({ ref: 'fraud@1', text }),
        registry.deleteVersion({ ref: 'fraud@1', reason: text }),
        registry.register({ model: 'fraud', paths, description: text }),
        registry.createModel({ name: 'other', description: text }),
      ];
      for (const attempt of await Promise.allSettled(attempts)) {
        const error: unknown = attempt.status === 'rejected' ? attempt.reason : undefined;
        expect(error).toMatchObject({ code: 'SECRET_FOUND' });
        expect(marks.some((mark) => String(error).includes(mark))).toBe(false);
      }
    }
    const log = (files: ReadonlyMap<string, string>) => [...files].filter(([key]) => key.startsWith('log/'));
    expect(log(await place.files())).toEqual(log(before));
  });
});
