import { existsSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { expect, it } from 'vitest';
import { makePlace } from './opened.ts';

it('leaves nothing behind of a registry whose folder was removed while it was open', async () => {
  const place = await makePlace();
  const registry = await place.open();
  for (let count = 0; count < 3; count += 1) await registry.createModel({ name: `model-${count}` });
  await rm(place.registryDir, { recursive: true });
  await registry.close();
  expect(existsSync(place.registryDir)).toBe(false);
});
