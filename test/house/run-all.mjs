// `npm test`: every check and every suite, then one line with the sum. A check counts as one test; a skipped test counts as failed,
// because nobody has seen it pass.
//
// An editor is waited for more than it works, as is what the other tests start. So the checks and the editor's suite run beside them, each
// with what the other leaves of two cores, and what they say is shown when the tests have said what they say.
import { spawn } from 'node:child_process';
import { mkdir, readFile, rm } from 'node:fs/promises';
import { availableParallelism } from 'node:os';
import { join, relative, resolve } from 'node:path';

const root = resolve(import.meta.dirname, '../..');
const bin = (name) => join(root, 'node_modules/.bin', name);

const PACKAGE = { name: 'build and package', command: ['npm', 'run', '--silent', 'package'] };
const CHECKS = [
  { name: 'types', command: ['npm', 'run', '--silent', 'typecheck'] },
  { name: 'format and lint', command: [bin('biome'), 'ci', '.'] },
  { name: 'unused code', command: [bin('knip')] },
];
const UNITS = { name: 'unit and integration', config: 'vitest.config.mts', args: [] };
const EDITOR = {
  name: 'editor',
  config: 'vitest.editor.config.mts',
  args: availableParallelism() < 4 ? ['--maxWorkers=1'] : [],
};

await mkdir(join(root, 'out'), { recursive: true });
// Hundreds of processes read the same code.
process.env.NODE_COMPILE_CACHE ??= join(root, 'out/compile-cache');
const aside = laterOutput();
const packaged = runCheck(PACKAGE, process.stdout);
const [{ result: built }, besides, units] = await Promise.all([
  packaged,
  runBesides(),
  packaged.then(({ isOk }) => suiteOf(UNITS, isOk, process.stdout)).finally(() => aside.show()),
]);
const results = [...besides.checks, built, units, besides.editor];

const passed = sum((result) => result.passed);
const failed = sum((result) => result.failed);
// Once more where whoever looks at the end of a long log sees them.
for (const { name, failures = [] } of results) {
  if (failures.length > 0) console.log(`\nFailed in ${name}:\n${failures.map((text) => `  ${text}`).join('\n')}`);
}
console.log('');
for (const result of results) {
  const note = result.note === undefined ? '' : ` (${result.note})`;
  console.log(`  ${result.name.padEnd(22)} ${result.passed} passed, ${result.failed} failed${note}`);
}
console.log(`${passed} passed, ${failed} failed`);
process.exitCode = failed === 0 && passed > 0 ? 0 : 1;

async function runBesides() {
  const checks = [];
  for (const check of CHECKS) checks.push((await runCheck(check, aside)).result);
  const { isOk } = await packaged;
  return { checks, editor: await suiteOf(EDITOR, isOk, aside) };
}

async function runCheck({ name, command }, output) {
  const isOk = (await run(name, command, output)) === 0;
  return { isOk, result: { name, passed: isOk ? 1 : 0, failed: isOk ? 0 : 1 } };
}

async function suiteOf(suite, isPackaged, output) {
  if (!isPackaged) return { name: suite.name, passed: 0, failed: 1, note: 'not run: there is nothing to test' };
  return { name: suite.name, ...(await runSuite(suite, output)) };
}

async function runSuite({ name, config, args }, output) {
  const report = join(root, `out/${config.replace(/\.mts$/, '')}.json`);
  await rm(report, { force: true });
  const reporters = ['--reporter=default', '--reporter=json', `--outputFile.json=${report}`];
  const code = await run(name, [bin('vitest'), 'run', '--config', config, ...args, ...reporters], output);
  const counts = await readFile(report, 'utf8').then(JSON.parse, () => undefined);
  if (counts === undefined) return { passed: 0, failed: 1, note: `ended with ${code} and without a report` };
  const done = counts.numPassedTests;
  const skipped = counts.numPendingTests + counts.numTodoTests;
  // A file that can't be loaded, or an error outside a test, fails the run without a failing test.
  const failures = Math.max(counts.numFailedTests, code === 0 ? 0 : 1);
  const failedFiles = counts.testResults.filter(
    (file) => file.status === 'failed' && file.assertionResults.length === 0,
  );
  return {
    failures: counts.testResults.flatMap(failuresOf),
    passed: done,
    failed: Math.max(failures, counts.numFailedTests + failedFiles.length) + skipped + (done === 0 ? 1 : 0),
    ...(skipped > 0 ? { note: `${skipped} of them skipped` } : {}),
  };
}

/** What failed in a test file, or what was skipped: its name, and the first lines of the reason. */
function failuresOf({ name, message, assertionResults }) {
  const file = relative(root, name);
  const why = (text) => text.split('\n', 3).join('\n    ');
  const tests = assertionResults.filter((test) => test.status !== 'passed');
  if (tests.length === 0 && message) return [`${file}\n    ${why(message)}`];
  return tests.map((test) => {
    const reason = test.failureMessages[0] ?? test.status;
    return `${[file, ...test.ancestorTitles, test.title].join(' > ')}\n    ${why(reason)}`;
  });
}

function run(name, [command, ...args], output) {
  output.write(`\n== ${name}\n`);
  const stdio = output === process.stdout ? 'inherit' : ['inherit', 'pipe', 'pipe'];
  return new Promise((done) => {
    const child = spawn(command, args, { cwd: root, stdio, shell: process.platform === 'win32' });
    child.stdout?.on('data', (chunk) => output.write(chunk));
    child.stderr?.on('data', (chunk) => output.write(chunk));
    child.on('error', (error) => {
      output.write(`${command} could not be started: ${error.message}\n`);
      done(1);
    });
    child.on('close', (code, signal) => done(code ?? `signal ${signal}`));
  });
}

/** Keeps what is written to it until it may be shown, and then writes on. */
function laterOutput() {
  let kept = [];
  return {
    write(chunk) {
      if (kept === undefined) process.stdout.write(chunk);
      else kept.push(chunk);
    },
    show() {
      for (const chunk of kept ?? []) process.stdout.write(chunk);
      kept = undefined;
    },
  };
}

function sum(count) {
  return results.reduce((total, result) => total + count(result), 0);
}
