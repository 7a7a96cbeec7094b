/** A name with the middle left out where it has more than `most` characters: names that begin alike differ at their ends. */
export function shortName(name: string, most: number): string {
  if (name.length <= most) return name;
  const end = Math.floor(most / 3);
  return `${name.slice(0, most - end - 1)}…${name.slice(-end)}`;
}
