/** How many approvals there are of those that are needed, in words; `from` are the people who may give them. */
export function approvalsText(given: number, needed: number, from?: string): string {
  const who = from === undefined ? '' : ` from ${from}`;
  return given === 0 ? `no approval yet, ${needed} needed${who}` : `${given} of ${needed} approvals${who}`;
}

/** What keeps a version from a stage by its policy, in the same words. The rules say `0 of 2 approvals by …`, and have to: what they say of a log stays the same for ever. */
export function policyProblemText(problem: string): string {
  return problem.replace(
    /^(\d+) of (\d+) approvals(?: by ([^;]*))?(?=;|$)/,
    (_, given: string, needed: string, by?: string) => approvalsText(Number(given), Number(needed), by),
  );
}
