import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { findSecrets } from '../../src/secrets/find-secrets.ts';
import { dataWithoutSecrets, REMOVED, valueWithoutSecrets, withoutSecrets } from '../../src/secrets/remove-secrets.ts';
import { CORPUS } from './corpus.ts';

describe('secrets', () => {
  it('are of at least 60 shapes here, each of its own', () => {
    expect(new Set(CORPUS.map(({ secret }) => secret)).size).toBe(CORPUS.length);
    expect(CORPUS.length).toBeGreaterThanOrEqual(60);
  });

  it.each(CORPUS)('are found and removed: $name', async ({ secret, text = secret }) => {
    for (const around of [text, `before ${text} after`, `line\n${text}\nline`]) {
      expect(await withoutSecrets(around)).not.toContain(secret);
      expect(JSON.stringify(await dataWithoutSecrets({ params: { note: around } }))).not.toContain(
        JSON.stringify(secret).slice(1, -1),
      );
    }
  });

  it.each([
    'Better on last week’s data: auc 0.8267 against 0.8054',
    'python train.py --max-tokens 4096 --tokenizer bert-base-uncased --key-dim 64 --pad-token "[PAD]"',
    'fix: token count in the data loader (#123)',
    '3f2a8a64b1c0d9e8f7a6b5c4d3e2f1a0b9c8d7e6',
    '4220142690791694e245c060ee9a7ca752036478bee66d1f995c12f8ed9dc8c0',
    '01M849HW4QPZRQKPE0DMYBRN5Z',
    'aws-batch job at 3f2a8a64b1c0d9e8f7a6b5c4d3e2f1a0b9c8d7e6',
    'https://github.com/contoso/fraud-detector.git',
    'https://contoso.blob.core.windows.net/models/fraud?versionid=3',
    'git@github.com:contoso/fraud-detector.git',
    'ssh://git@example.com:2222/x.git',
    's3://bucket/key=2026-11-01/part-0000.parquet',
    'models/fraud/checkpoint-12000/model-00001-of-00003.safetensors',
    'sklearn.ensemble._forest.RandomForestClassifier(n_estimators=100, random_state=7)',
    'password = os.environ["DB_PASSWORD"]',
    'export HF_TOKEN=$HF_TOKEN',
    'token: <your token>',
    'transformer.h.11.attn.key.weight secret sauce, basic features, private leaderboard',
    'python serve.py -p 8080 -p8080 -u --pwd=/data/dir --pwd ./x',
    'gcc -pthread -pipe -O3 ops.c',
    'python -u train.py -m pkg.mod -pretrained resnet50 -prec16 -p1e-3',
    'docker run -u 1000:1000 -p 8080:80 --user node:node -v $(pwd):/w image',
    'python -u C:\\work\\train.py',
    'tail -u http://example.com/x',
    'self.token=next_token',
    'tokenizer.pad_token=PAD0000 model.tokens=100000 max_token=4096000',
    'headers = {"Authorization": f"Bearer {token}"}',
    "curl -H 'Authorization: Bearer $TOKEN' -H 'Accept: application/json' https://example.com",
    'Cookie recipes, token: count in the loader, Authorization: see the handbook of x',
    'python train.py --token-dropout 0.1 --user ada --auth-mode none',
    'The keyword list is in data/keywords.csv; authentication isn’t needed.',
  ])('are not seen where there are none: %s', async (text) => {
    expect(await findSecrets(text)).toEqual([]);
  });

  it('go by the name of a value, whatever it looks like', async () => {
    for (const name of ['password', 'db.password', 'HF_TOKEN', 'apiKey', 'client-secret', 'wandb_api_key'])
      expect(await valueWithoutSecrets(name, 'sesame')).toBe(REMOVED);
    for (const name of ['max_tokens', 'tokenizer', 'pad_token', 'key_dim', 'monkey', 'keyword', 'n_pass'])
      expect(await valueWithoutSecrets(name, 'sesame')).toBe('sesame');
    expect(await valueWithoutSecrets('password', 'None')).toBe('None');
  });

  it('go by the option before them in a list of arguments', async () => {
    expect(await dataWithoutSecrets({ args: ['--token', 'sesame', '--epochs', '3'] })).toEqual({
      args: ['--token', REMOVED, '--epochs', '3'],
    });
    const args = ['--max-tokens', 'sesame'];
    expect(await dataWithoutSecrets(args)).toBe(args);
  });

  it('are removed to the end of a quoted word', async () => {
    expect(await withoutSecrets("train --pwd 'S3same x9' -e 3")).toBe(`train --pwd ${REMOVED} -e 3`);
    expect(await withoutSecrets("train '--pwd=S3same x9' -e 3")).toBe(`train '--pwd=${REMOVED}' -e 3`);
  });

  it('leave the rest of a text and of data as they are', async () => {
    const [{ secret = '' } = {}] = CORPUS;
    expect(await withoutSecrets(`a ${secret} b ${secret} c`)).toBe(`a ${REMOVED} b ${REMOVED} c`);
    const data = { a: [1, 'x', { b: null }], c: { d: 'y' } };
    expect(await dataWithoutSecrets(data)).toBe(data);
    expect(await dataWithoutSecrets({ a: [secret], [secret]: 1, n: 2 })).toEqual({ a: [REMOVED], [REMOVED]: 1, n: 2 });
  });

  it('are found across the borders of windows, in megabytes of text', async () => {
    const [{ secret = '' } = {}] = CORPUS;
    const filler = 'the quick brown fox jumps over the lazy dog and away\n'.repeat(6000);
    for (const cut of [240_000, 250_000, 262_100, 262_140]) {
      const text = `${filler.slice(0, cut)} ${secret} ${filler}`;
      expect(await withoutSecrets(text)).toBe(`${filler.slice(0, cut)} ${REMOVED} ${filler}`);
    }
  });

  it('never make it throw or grow beyond what it marks, whatever the text', async () => {
    await fc.assert(
      fc.asyncProperty(fc.string({ maxLength: 300, unit: 'binary' }), async (text) => {
        const found = await findSecrets(text);
        let last = 0;
        for (const { start, end } of found) {
          expect(start).toBeGreaterThanOrEqual(last);
          expect(end).toBeGreaterThan(start);
          last = end;
        }
        expect(last).toBeLessThanOrEqual(text.length);
      }),
      { numRuns: 200 },
    );
  });

  it.each(['a.', 'a-', 'a_'])('are looked for in half a megabyte of %s without going back and forth', async (part) => {
    for (const start of ["'", '--', 'pass ', "'x-"])
      expect(await findSecrets(start + part.repeat(250_000))).toEqual([]);
  });
});
