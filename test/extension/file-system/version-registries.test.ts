import { describe, expect, it } from 'vitest';
import { RegistryError } from '../../../src/base/errors.ts';
import { findVersion } from '../../../src/extension/file-system/version-registries.ts';

/** Registries of a window by their names, each with what it answers to any reference. */
function windowWith(answers: Readonly<Record<string, string>>) {
  const registries = Object.entries(answers).map(([dir, answer]) => ({
    dir,
    connection: {
      registry: {
        show: async () => {
          if (!answer.endsWith('_NOT_FOUND')) return { id: answer };
          throw new RegistryError(answer, `${dir} says ${answer}`);
        },
      },
    },
  }));
  return { existing: async () => registries as never };
}

describe('a version that is named in a window with several registries', () => {
  it('is that of the folder where its name stands, though another has a model of the name', async () => {
    const both = windowWith({ payments: 'of payments', fraud: 'of fraud' });
    expect((await findVersion(both, 'm@1')).version.id).toBe('of payments');
    expect((await findVersion(both, 'm@1', ({ dir }) => dir === 'fraud')).version.id).toBe('of fraud');
  });

  it('is explained by the registry that has its model, whichever is asked last', async () => {
    const window = windowWith({ payments: 'VERSION_NOT_FOUND', fraud: 'MODEL_NOT_FOUND' });
    await expect(findVersion(window, 'm@9')).rejects.toThrow('payments says VERSION_NOT_FOUND');
  });

  it('is in none of them where none has its model, and in words of its own where there is one registry', async () => {
    const window = windowWith({ payments: 'MODEL_NOT_FOUND', fraud: 'MODEL_NOT_FOUND' });
    await expect(findVersion(window, 'm@9')).rejects.toThrow('No registry of this window has a model called m.');
    const one = windowWith({ payments: 'MODEL_NOT_FOUND' });
    await expect(findVersion(one, 'm@9')).rejects.toThrow('payments says MODEL_NOT_FOUND');
  });
});
