/** What a model's name may look like (docs/format.md, "Names"). */
export const MODEL_NAME_PATTERN = /^[A-Za-z0-9][A-Za-z0-9._-]{0,127}$/;

/** As the registry has it, which takes no two names for different that differ in capitals alone. */
export function isSameModel(one: string, other: string): boolean {
  return one.toLowerCase() === other.toLowerCase();
}

/** A model's name made of that of a folder or file. */
export function modelNameFrom(text: string): string {
  const name = text
    .normalize('NFKD')
    .replace(/\p{M}/gu, '')
    .replace(/[^A-Za-z0-9._-]+/g, '-')
    .replace(/^[^A-Za-z0-9]+|-+$/g, '')
    .slice(0, 128);
  return name === '' ? 'my-model' : name;
}
