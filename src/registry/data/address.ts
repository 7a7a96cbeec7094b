import { readFile } from 'node:fs/promises';
import { homedir } from 'node:os';
import { join } from 'node:path';
import type { DataLineage } from '../../catalog/read-models/lineage.ts';
import { withoutSecrets } from '../../secrets/remove-secrets.ts';

const ADDRESS = /^[a-z][a-z0-9+.-]*:\/\/./i;
const COMMIT = /^[0-9a-f]{40}$/;
/** Members of a query that say which version of a thing is meant: of S3, Azure, GCS and others. */
const VERSION_MEMBERS: ReadonlySet<string> = new Set([
  'versionid',
  'version',
  'snapshot',
  'generation',
  'revision',
  'rev',
  'ref',
]);

/** Whether data is declared by an address instead of a place on the disk. */
export function isAddress(path: string): boolean {
  return ADDRESS.test(path);
}

/**
 * Data that lies elsewhere, by its address alone: nothing is asked there. Of an address what could be a credential is left out: user,
 * password, and a query but for the version that it names.
 */
export async function dataAt(address: string, env: NodeJS.ProcessEnv): Promise<DataLineage> {
  const bare = address.replace(/^([a-z][a-z0-9+.-]*:\/\/)[^/?#]*@/i, '$1');
  const dataset = /^hf:\/\/datasets\/([\w.-]+(?:\/[\w.-]+)?)(?:@([^/\s?#]+))?(\/[^?#]*)?$/i.exec(bare);
  if (dataset) return hubDataset(dataset, env);
  const [, place = '', query = '', fragment = ''] = /^([^?#]*)(?:\?([^#]*))?(?:#(.*))?$/s.exec(bare) ?? [];
  const inQuery = [...new URLSearchParams(query)].find(([name]) => VERSION_MEMBERS.has(name.toLowerCase()))?.[1];
  const revision = await revisionOf(inQuery ?? decoded(fragment));
  return { path: await pathWithoutSecrets(place), kind: 'url', ...(revision === undefined ? {} : { revision }) };
}

/** Versions consist of letters, digits and little else; a setting, header or option does not. */
async function revisionOf(text: string): Promise<string | undefined> {
  return /^[\w.:/+~@-]{1,256}$/.test(text) && (await withoutSecrets(text)) === text ? text : undefined;
}

/** Cleaned as a whole, because what is around a secret tells that it is one, and by its parts, which may be secrets themselves. */
async function pathWithoutSecrets(path: string): Promise<string> {
  const parts = (await withoutSecrets(path)).split('/');
  return (await Promise.all(parts.map((part) => withoutSecrets(part)))).join('/');
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

/**
 * A dataset of the Hugging Face Hub, as its file system names it: `hf://datasets/OWNER/NAME@REVISION/PATH`. A branch or tag is what this
 * machine's cache last saw it lead to, else itself.
 */
async function hubDataset(
  [, name = '', given = '', inside = '']: RegExpExecArray,
  env: NodeJS.ProcessEnv,
): Promise<DataLineage> {
  const wanted = (await revisionOf(decoded(given))) ?? '';
  const path = await pathWithoutSecrets(`hf://datasets/${name}${inside}`);
  const commit = COMMIT.test(wanted) ? wanted : await cachedCommit(name, wanted === '' ? 'main' : wanted, env);
  const revision = commit ?? wanted;
  return { path, kind: 'huggingface', ...(revision === '' ? {} : { revision }) };
}

async function cachedCommit(name: string, revision: string, env: NodeJS.ProcessEnv): Promise<string | undefined> {
  if (revision.split('/').some((part) => part === '..' || part === '')) return undefined;
  const home = env.HF_HOME ?? join(env.XDG_CACHE_HOME ?? join(homedir(), '.cache'), 'huggingface');
  const hub = env.HF_HUB_CACHE ?? env.HUGGINGFACE_HUB_CACHE ?? join(home, 'hub');
  try {
    const ref = join(hub, `datasets--${name.replaceAll('/', '--')}`, 'refs', revision);
    const commit = (await readFile(ref, 'utf8')).trim();
    return COMMIT.test(commit) ? commit : undefined;
  } catch {
    return undefined;
  }
}
