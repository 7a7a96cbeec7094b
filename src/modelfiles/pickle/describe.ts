import { classPath, pathOf, type Value } from './values.ts';

/** A value as a person reads it, short: `{'lr': 0.1}`, `sklearn.svm.SVC(…)`. */
export function describe(value: Value, depth = 0): string {
  if (value === null) return 'None';
  if (typeof value === 'boolean') return value ? 'True' : 'False';
  if (typeof value === 'string') return depth === 0 ? value : `'${value}'`;
  if (typeof value !== 'object') return String(value);
  const list = (items: readonly Value[]) => {
    if (depth > 2) return '…';
    const shown = items.slice(0, 20).map((item) => describe(item, depth + 1));
    return items.length > 20 ? `${shown.join(', ')}, …` : shown.join(', ');
  };
  switch (value.kind) {
    case 'tuple':
      return `(${list(value.items)}${value.items.length === 1 ? ',' : ''})`;
    case 'list':
      return `[${list(value.items)}]`;
    case 'set':
      return `{${list(value.items)}}`;
    case 'dict': {
      if (depth > 2) return '{…}';
      const shown = value.keys
        .slice(0, 20)
        .map((key, index) => `${describe(key, depth + 1)}: ${describe(value.values[index] ?? null, depth + 1)}`);
      return `{${shown.join(', ')}${value.keys.length > 20 ? ', …' : ''}}`;
    }
    case 'global':
      return publicPath(pathOf(value));
    case 'object':
      return `${publicPath(classPath(value) ?? '')}(…)`;
    case 'bytes':
      return `${value.sizeBytes} bytes`;
    case 'long-text':
      return `${value.start}…`;
    default:
      return '…';
  }
}

/** Whether a value is one number, text, truth value or None. */
export function isPlain(value: Value): boolean {
  return value === null || typeof value !== 'object';
}

/** `sklearn.ensemble._forest.RandomForestClassifier` under the name that people import: `sklearn.ensemble.RandomForestClassifier`. */
export function publicPath(path: string): string {
  const parts = path.split('.');
  const firstPrivate = parts.findIndex((part, index) => index > 0 && index < parts.length - 1 && /^_[^_]/.test(part));
  return firstPrivate === -1 ? path : [...parts.slice(0, firstPrivate), parts.at(-1)].join('.');
}
