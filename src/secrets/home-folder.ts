import { homedir } from 'node:os';

/** Home folders as systems name them, behind which the path of one goes on or ends. */
const HOMES =
  /(?<![\w.~-])(?:\/home|\/Users|[A-Za-z]:[\\/]+Users)[\\/]+(?!Shared\b|Public\b)[^\s\\/'":;,|&<>()*?]{1,100}(?=[\\/'"\s:;,)]|$)/g;

/** Plain data with `~` in place of people's home folders, in every text at every depth: whose they are is nobody's business. */
export function dataWithoutHome<T>(data: T): T;
export function dataWithoutHome(data: unknown): unknown {
  if (typeof data === 'string') return textWithoutHome(data);
  if (typeof data !== 'object' || data === null) return data;
  if (Array.isArray(data)) {
    const items = data.map((item: unknown) => dataWithoutHome(item));
    return items.every((item, place) => item === data[place]) ? data : items;
  }
  const entries = Object.entries(data).map(([key, item]): [string, unknown] => [key, dataWithoutHome(item)]);
  return entries.every(([key, item]) => item === Reflect.get(data, key)) ? data : Object.fromEntries(entries);
}

function textWithoutHome(text: string): string {
  if (!/[\\/]/.test(text)) return text;
  return withoutOwn(text).replace(HOMES, '~');
}

/** The home folder of this person may lie anywhere: `/root`, `/data/people/ada`. */
function withoutOwn(text: string): string {
  const own = homedir().replace(/[\\/]+$/, '');
  if (!/[\\/].*\w/.test(own)) return text;
  const escaped = own.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
  return text.replace(new RegExp(`(?<![\\w.~-])${escaped}(?=[\\\\/'"\\s:;,)]|$)`, 'g'), '~');
}
