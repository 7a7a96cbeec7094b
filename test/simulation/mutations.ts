/** One bug each: `from`, which stands in `file` exactly once, becomes `to`. */
export interface Mutation {
  readonly name: string;
  readonly file: string;
  readonly from: string;
  readonly to: string;
  /** Only machines that share a store can notice. */
  readonly isShared?: true;
}

export const MUTATIONS: readonly Mutation[] = [
  {
    name: 'skip the fsync of the file',
    file: 'storage/filesystem-store.ts',
    from: 'await put.staged.flush();',
    to: '',
  },
  {
    name: 'skip the fsync of the folder',
    file: 'storage/filesystem-store.ts',
    from: 'opened[index]?.sync() ?? syncFolder(folder, fs)',
    to: 'Promise.resolve()',
  },
  {
    name: 'skip the fsync of new folders',
    file: 'storage/durable.ts',
    from: 'await syncParent(entry, base, fs);',
    to: '',
  },
  {
    name: 'replace a taken name',
    file: 'storage/filesystem-store.ts',
    from: 'fs.link(temporary, target)',
    to: 'fs.unlink(target).catch(() => undefined).then(() => fs.link(temporary, target))',
  },
  {
    name: 'give the name before the fsync',
    file: 'storage/filesystem-store.ts',
    from: 'await put.staged.flush();',
    to: 'for (const { temporary, target } of pairs) { await makeFolder(dirname(target)); await linkIfAbsent(fs, temporary, target); } await put.staged.flush();',
  },
  {
    name: 'take another writer’s name for durable',
    file: 'storage/filesystem-store.ts',
    from: 'opened[index]?.sync() ?? syncFolder(folder, fs)',
    to: "outcomes.includes('created') ? (opened[index]?.sync() ?? syncFolder(folder, fs)) : Promise.resolve()",
  },
  {
    name: 'believe any signature',
    file: 'rules/signature-rules.ts',
    from: 'return person !== undefined && proof?.isGood() ? person : undefined;',
    to: 'return person;',
    isShared: true,
  },
  {
    name: 'let anybody name the signers',
    file: 'rules/signature-rules.ts',
    from: "'policy.set',\n  'policy.proposed',",
    to: "'policy.proposed',",
    isShared: true,
  },
  {
    name: 'count the approval of whoever registered it',
    file: 'rules/gate-rules.ts',
    from: 'vote.lapsed === undefined && !isSamePerson(vote.by, author)',
    to: 'vote.lapsed === undefined',
  },
  {
    name: 'let approvals stand beside another version',
    file: 'rules/stage-rules.ts',
    from: 'state.lapseVotes({ model, target: to },',
    to: 'state.lapseVotes({ model, target: from },',
  },
  {
    name: 'let an approval be used twice',
    file: 'rules/stage-rules.ts',
    from: 'state.lapseVotes({ subject: id, target: to },',
    to: 'state.lapseVotes({ subject: id, target: from },',
  },
  {
    name: 'let approvals stand beside another result',
    file: 'rules/review-rules.ts',
    from: "if (before ? before.outcome === outcome : outcome === 'passed') return;",
    to: 'return;',
  },
  {
    name: 'drop the expectation check',
    file: 'rules/apply-commit.ts',
    from: 'checkExpectations(state, intent.expects);',
    to: '',
  },
  {
    name: 'accept a void commit',
    file: 'log/commit.ts',
    from: 'if (prev !== before.hash)',
    to: 'if (false)',
  },
  {
    name: 'reuse a number',
    file: 'rules/version-rules.ts',
    from: 'model.lastNumber + 1',
    to: 'Math.max(1, model.lastNumber)',
  },
  {
    name: 'apply an intent twice',
    file: 'rules/apply-commit.ts',
    from: 'if (state.hasIntent(id)) {',
    to: 'if (false) {',
  },
  {
    name: 'forget to recognise a lost answer',
    file: 'intents/local-authority.ts',
    from: 'const settled = this.#settled(intent);',
    to: 'const settled = attempt === 0 ? undefined : this.#settled(intent);',
  },
  {
    name: 'acknowledge whatever the put said',
    file: 'intents/local-authority.ts',
    from: 'if (catalog.position.seq < seq) throw put.error;',
    to: "if (catalog.position.seq < seq) return { kind: 'applied', seq, at: '' };",
  },
  {
    name: 'acknowledge what may be lost',
    file: 'intents/local-authority.ts',
    from: 'await this.#makeDurable(settled.seq);',
    to: '',
  },
  {
    name: 'append to what may be lost',
    file: 'intents/local-authority.ts',
    from: 'await this.#makeDurable(catalog.position.seq);',
    to: '',
  },
  {
    name: 'promote beside the holder',
    file: 'rules/stage-rules.ts',
    from: 'if (isExact) return holders;',
    to: 'if (isExact || named.length === 0) return [];',
  },
  {
    name: 'leave the displaced version where it is',
    file: 'rules/stage-rules.ts',
    from: 'for (const holder of displaced) {',
    to: 'for (const holder of displaced.slice(1)) {',
  },
  {
    name: 'send what was taken back',
    file: 'intents/shared-authority.ts',
    from: 'if (there.includes(false)) return true;',
    to: '',
    isShared: true,
  },
  {
    name: 'take back what was sent',
    file: 'intents/shared-authority.ts',
    from: 'const isSent = (await queue.attemptedBeyond(catalog.position.seq)).has(id);',
    to: 'const isSent = false;',
    isShared: true,
  },
  {
    name: 'send without a note of the attempt',
    file: 'intents/shared-authority.ts',
    from: 'await queue.noteAttempt(',
    to: 'await ((..._noted: readonly unknown[]) => undefined)(',
    isShared: true,
  },
  {
    name: 'acknowledge before the intent is durable',
    file: 'intents/shared-authority.ts',
    from: 'await queue.add(intent, line);',
    to: 'void queue.add(intent, line);',
    isShared: true,
  },
  {
    name: 'take away before it is kept as refused',
    file: 'intents/pending-queue.ts',
    from: 'await this.#store.putIfAbsent(refusedKey(entry.intent.id), new TextEncoder().encode(body));',
    to: 'await this.remove(entry); await this.#store.putIfAbsent(refusedKey(entry.intent.id), new TextEncoder().encode(body));',
    isShared: true,
  },
  {
    name: 'use the name of a waiting intent twice',
    file: 'storage/layout.ts',
    from: 'export function pendingKey(number: number, id: string): string {',
    to: 'export function pendingKey(number: number, id: string): string { id = "0".repeat(26);',
    isShared: true,
  },
  {
    name: 'say that bytes are there before they are',
    file: 'artifacts/upload.ts',
    from: "if ((await remote.putIfAbsent(key, bytes)) === 'created') return true;",
    to: 'remote.putIfAbsent(key, bytes).catch(() => undefined); return true;',
    isShared: true,
  },
  {
    name: 'say that bytes are there without bringing them',
    file: 'intents/choose-batch.ts',
    from: "!publisher.isPublished(artifact) && state.artifactStatus(artifact) !== 'published'",
    to: 'false',
    isShared: true,
  },
];
