import { expect, it } from 'vitest';
import { rowsAtOnce } from '../../src/extension/rows-at-once.ts';

it('has the editor look at a view each time that it comes into sight', () => {
  const told: unknown[] = [];
  const listeners: ((event: { readonly visible: boolean }) => void)[] = [];
  const view = {
    onDidChangeVisibility: (listener: (event: { readonly visible: boolean }) => void) => {
      listeners.push(listener);
      return { dispose: () => listeners.splice(0) };
    },
    set message(text: string) {
      told.push(text);
    },
  };
  const watching = rowsAtOnce(view as never);
  for (const visible of [true, false, true]) for (const listener of listeners) listener({ visible });
  expect(told).toEqual(['', '']);
  watching.dispose();
  expect(listeners).toEqual([]);
});
