// Loaded before the campaign: rewrites one line of one source file as it is loaded.
import { readFileSync } from 'node:fs';
import { registerHooks, stripTypeScriptTypes } from 'node:module';
import { fileURLToPath } from 'node:url';
import { MUTATIONS } from './mutations.ts';

const mutation = MUTATIONS.find(({ name }) => name === process.env.MUTATION);
if (!mutation) throw new Error(`There is no mutation ${process.env.MUTATION}.`);

registerHooks({
  load(url, context, nextLoad) {
    if (!url.endsWith(`/src/${mutation.file}`)) return nextLoad(url, context);
    const parts = readFileSync(fileURLToPath(url), 'utf8').split(mutation.from);
    if (parts.length !== 2) throw new Error(`${mutation.from} stands ${parts.length - 1} times in ${mutation.file}.`);
    return { format: 'module', source: stripTypeScriptTypes(parts.join(mutation.to)), shortCircuit: true };
  },
});
