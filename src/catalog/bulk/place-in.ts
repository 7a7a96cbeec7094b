/** What the map has for a key, made and put there where it has nothing. */
export function placeIn<K, V>(map: Map<K, V>, key: K, make: () => V): V {
  const known = map.get(key);
  if (known !== undefined) return known;
  const made = make();
  map.set(key, made);
  return made;
}

export function listIn<T>(map: Map<string, T[]>, key: string): T[] {
  return placeIn(map, key, () => []);
}
