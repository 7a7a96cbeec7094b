import type { DangerFinding } from '../facts.ts';

/** Operations of TensorFlow that do more than calculate (tensorflow/core/ops/{io,script}_ops.cc). */
const reaching: ReadonlyMap<string, readonly [verdict: 'dangerous' | 'unknown', why: string]> = new Map([
  ['ReadFile', ['dangerous', 'reads any file of the machine that runs the model']],
  ['WriteFile', ['dangerous', 'writes any file of the machine that runs the model']],
  ['MatchingFiles', ['dangerous', 'lists files of the machine that runs the model']],
  ['WholeFileReaderV2', ['dangerous', 'reads any file of the machine that runs the model']],
  ['TextLineReaderV2', ['dangerous', 'reads any file of the machine that runs the model']],
  ['TFRecordReaderV2', ['dangerous', 'reads any file of the machine that runs the model']],
  ['FixedLengthRecordReaderV2', ['dangerous', 'reads any file of the machine that runs the model']],
  ['TextLineDataset', ['unknown', 'reads files that the graph names']],
  ['TFRecordDataset', ['unknown', 'reads files that the graph names']],
  ['PyFunc', ['dangerous', 'calls a function of Python in the program that runs the model']],
  ['PyFuncStateless', ['dangerous', 'calls a function of Python in the program that runs the model']],
  ['EagerPyFunc', ['dangerous', 'calls a function of Python in the program that runs the model']],
  ['RpcCall', ['dangerous', 'reaches the network']],
  ['RpcClient', ['dangerous', 'reaches the network']],
  ['DebugIdentity', ['unknown', 'can send what it sees to an address that the graph names']],
  ['DebugIdentityV2', ['unknown', 'can write what it sees to a place that the graph names']],
]);

/** What the operations of a graph reach beside their inputs. */
export function judgeOperations(operations: Iterable<string>, path: string): readonly DangerFinding[] {
  const findings: DangerFinding[] = [];
  for (const operation of operations) {
    const found = reaching.get(operation);
    if (found) findings.push({ verdict: found[0], what: operation, why: found[1], path });
  }
  return findings;
}

/** Files beside a model whose names lead out of its folder: whoever loads it reads whatever is there. */
export function judgeLocations(locations: readonly string[], path: string): readonly DangerFinding[] {
  const leaving = new Set(locations.filter((location) => /^([\\/]|[A-Za-z]:)|(^|[\\/])\.\.([\\/]|$)/.test(location)));
  return [...leaving].slice(0, 20).map((location) => ({
    verdict: 'dangerous',
    what: location.slice(0, 300),
    why: 'is a file outside of the model’s folder, which would be read in place of weights',
    path,
  }));
}
