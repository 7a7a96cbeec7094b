import type { Registry, RegistryCommands, RegistryQueries } from './api.ts';

/** What can be asked of an open registry from another thread: everything but listening and closing. */
export type RegistryMethod = keyof RegistryCommands | keyof RegistryQueries | 'refresh';

const METHODS: Readonly<Record<RegistryMethod, true>> = {
  createModel: true,
  register: true,
  promote: true,
  rollback: true,
  archive: true,
  setAlias: true,
  removeAlias: true,
  tag: true,
  note: true,
  describe: true,
  comment: true,
  renameModel: true,
  deleteVersion: true,
  deleteModel: true,
  completeMetrics: true,
  evaluate: true,
  listModels: true,
  listVersions: true,
  showModel: true,
  show: true,
  log: true,
  at: true,
  search: true,
  compare: true,
  changes: true,
  impact: true,
  graph: true,
  facts: true,
  tensorRows: true,
  history: true,
  patch: true,
  checkData: true,
  compareTensors: true,
  comparedTensorRows: true,
  production: true,
  policy: true,
  planPolicy: true,
  setPolicy: true,
  rollbackTarget: true,
  stages: true,
  pull: true,
  path: true,
  verify: true,
  rebuild: true,
  gc: true,
  diskUse: true,
  retention: true,
  setRetention: true,
  sync: true,
  withdraw: true,
  confirm: true,
  resolveRefused: true,
  head: true,
  remote: true,
  pending: true,
  refused: true,
  serving: true,
  reportServing: true,
  refresh: true,
};

export function isRegistryMethod(name: string): name is RegistryMethod {
  return Object.hasOwn(METHODS, name);
}

/** The registry's methods as functions of one request, however they are reached. */
export type RegistryCalls = Pick<Registry, RegistryMethod>;
