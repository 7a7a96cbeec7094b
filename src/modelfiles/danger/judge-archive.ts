import type { DangerFinding } from '../facts.ts';
import type { ByteSource } from '../file-set.ts';
import { whyInvalid } from '../invalid.ts';
import { looksLikePickle } from '../pickle/looks-like-pickle.ts';
import type { Make } from '../pickle/machine.ts';
import { bytesSource } from '../read/window.ts';
import type { ZipArchive, ZipEntry } from '../read/zip.ts';
import { notLookedInto } from './report.ts';
import { type JudgedWalk, walkAndJudge } from './walk-and-judge.ts';

/** An entry that is compressed is unpacked in memory. */
const MAX_UNPACKED_BYTES = 32 * 1024 * 1024;
const MAX_PICKLES = 50;
const MAX_LOOKED_AT = 2_000;

/** Judges the pickles in an archive, by their names or by how they begin. */
export async function judgeArchive(
  zip: ZipArchive,
  path: string,
  isMeant: (entry: ZipEntry) => boolean = () => true,
): Promise<readonly DangerFinding[]> {
  const findings: DangerFinding[] = [];
  let judged = 0;
  const entries = zip.entries.filter(
    (entry) => isMeant(entry) && entry.sizeBytes >= 2 && !entry.name.endsWith('.debug_pkl'),
  );
  for (const entry of entries.slice(0, MAX_LOOKED_AT)) {
    const kind = await kindOf(zip, entry);
    if (kind === undefined) continue;
    judged += 1;
    if (judged > MAX_PICKLES) break;
    if (kind === 'pickle') findings.push(...(await judgeEntry(zip, entry, path)).findings);
    else findings.push(notLookedInto({ path, member: entry.name }, kind));
  }
  if (judged > MAX_PICKLES || entries.length > MAX_LOOKED_AT)
    findings.push(notLookedInto({ path }, 'it has too many entries for all of them to be looked into'));
  return findings;
}

/** Judges an entry, whatever its flags say: PyTorch ignores them. */
export async function judgeEntry(zip: ZipArchive, entry: ZipEntry, path: string, make?: Make): Promise<JudgedWalk> {
  const place = { path, member: entry.name };
  try {
    return await walkAndJudge(await openEntry(zip, entry), place, make === undefined ? {} : { make });
  } catch (error) {
    const why = whyInvalid(error);
    if (why === undefined) throw error;
    return { pickles: [], isPartial: false, findings: [notLookedInto(place, why)] };
  }
}

/** `pickle`, why it can't be looked into, or undefined for what is neither. */
async function kindOf(zip: ZipArchive, entry: ZipEntry): Promise<string | undefined> {
  if (/\.(pkl|pickle|p|pk|joblib)$/.test(entry.name)) return 'pickle';
  if (/\.(zip|7z|rar|tar|gz|bz2|xz|pt|pth|ckpt|npz)$/.test(entry.name)) return 'it is an archive within an archive';
  if (!entry.isStored && entry.sizeBytes > MAX_UNPACKED_BYTES) return undefined;
  try {
    const head = await (await openEntry(zip, entry)).read(0, 400);
    return looksLikePickle(head) ? 'pickle' : undefined;
  } catch (error) {
    const why = whyInvalid(error);
    if (why === undefined) throw error;
    return why;
  }
}

async function openEntry(zip: ZipArchive, given: ZipEntry): Promise<ByteSource> {
  const entry = { ...given, isEncrypted: false };
  return entry.isStored
    ? (await zip.openStored(entry)).source
    : bytesSource(await zip.readEntry(entry, MAX_UNPACKED_BYTES));
}
