/** For `skipIf`: whether a test can't run here because this is Windows. The reason is said in the output, so that nobody takes it for a test that passed. */
export function onWindows(reason: string): boolean {
  if (process.platform !== 'win32') return false;
  console.info(`Skipped on Windows: ${reason}.`);
  return true;
}
