import { isTold, told } from '../../base/retold.ts';

/** Of what a page is sent: the fields that hold texts of the core, and never what people wrote. */
const FIELDS: ReadonlySet<string> = new Set([
  'detail',
  'measured',
  'missing',
  'notes',
  'problem',
  'problems',
  'required',
  'step',
  'what',
  'why',
]);

/** What people and programs named, by their names. */
const NAMED: ReadonlySet<string> = new Set(['metrics', 'params', 'tags']);

/** The data with the texts of the core in the language of the person; as they are in English. */
export function toldData<T>(data: T): T {
  if (!isTold()) return data;
  const copy = structuredClone(data);
  tellWithin(copy);
  return copy;
}

function tellWithin(value: unknown): void {
  if (typeof value !== 'object' || value === null || ArrayBuffer.isView(value)) return;
  for (const [name, field] of Object.entries(value)) {
    if (NAMED.has(name)) continue;
    if (Array.isArray(value) || !FIELDS.has(name)) tellWithin(field);
    else if (typeof field === 'string') Reflect.set(value, name, told(field));
    else if (Array.isArray(field) && field.every((text) => typeof text === 'string'))
      Reflect.set(value, name, field.map(told));
    else tellWithin(field);
  }
}
