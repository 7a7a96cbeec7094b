import * as v from 'valibot';
import type { OperationOptions } from '../../base/progress.ts';
import type { Registry } from '../../registry/api/registry.ts';
import type { RegistryCalls, RegistryMethod } from '../../registry/methods.ts';

/** Asks the registry's thread; the answer is not yet looked at. */
export type ThreadCall = (name: string, request: unknown, operation?: OperationOptions) => Promise<unknown>;

type Answer<M extends RegistryMethod> = Awaited<ReturnType<Registry[M]>>;

/** The registry's methods, each of which asks the thread that has it open. */
export function registryCalls(ask: ThreadCall): RegistryCalls {
  const call = async <M extends RegistryMethod>(
    name: M,
    request: Parameters<Registry[M]>[0],
    operation?: OperationOptions,
  ): Promise<Answer<M>> => {
    // Both ends are built from the same sources, so what a method gives there is what its type says here.
    const trusted: v.GenericSchema<unknown, Answer<M>> = v.custom<Answer<M>>(() => true);
    return v.parse(trusted, await ask(name, request, operation));
  };
  return {
    createModel: (request) => call('createModel', request),
    register: (request, operation) => call('register', request, operation),
    promote: (request, operation) => call('promote', request, operation),
    rollback: (request, operation) => call('rollback', request, operation),
    archive: (request) => call('archive', request),
    setAlias: (request) => call('setAlias', request),
    removeAlias: (request) => call('removeAlias', request),
    tag: (request) => call('tag', request),
    note: (request) => call('note', request),
    describe: (request) => call('describe', request),
    comment: (request) => call('comment', request),
    renameModel: (request) => call('renameModel', request),
    deleteVersion: (request) => call('deleteVersion', request),
    deleteModel: (request) => call('deleteModel', request),
    completeMetrics: (request) => call('completeMetrics', request),
    review: (request) => call('review', request),
    requestPromotion: (request) => call('requestPromotion', request),
    withdrawRequest: (request) => call('withdrawRequest', request),
    reviews: (request) => call('reviews', request),
    proposePolicy: (request) => call('proposePolicy', request),
    reviewPolicy: (request) => call('reviewPolicy', request),
    withdrawPolicy: (request) => call('withdrawPolicy', request),
    policyProposals: (request) => call('policyProposals', request),
    recordGates: (request) => call('recordGates', request),
    gateStanding: (request) => call('gateStanding', request),
    gateEvidence: (request) => call('gateEvidence', request),
    certainty: (request, operation) => call('certainty', request, operation),
    evaluate: (request, operation) => call('evaluate', request, operation),
    listModels: (request) => call('listModels', request),
    listVersions: (request) => call('listVersions', request),
    overview: (request) => call('overview', request),
    tenures: (request) => call('tenures', request),
    trends: (request) => call('trends', request),
    card: (request, options) => call('card', request, options),
    plot: (request) => call('plot', request),
    plotted: (request) => call('plotted', request),
    columns: (request) => call('columns', request),
    showModel: (request) => call('showModel', request),
    show: (request) => call('show', request),
    log: (request) => call('log', request),
    at: (request) => call('at', request),
    search: (request) => call('search', request),
    compare: (request) => call('compare', request),
    changes: (request) => call('changes', request),
    impact: (request) => call('impact', request),
    graph: (request) => call('graph', request),
    facts: (request, operation) => call('facts', request, operation),
    tensorRows: (request) => call('tensorRows', request),
    history: (request) => call('history', request),
    patch: (request) => call('patch', request),
    files: (request) => call('files', request),
    fileBytes: (request) => call('fileBytes', request),
    filePlaces: (request) => call('filePlaces', request),
    compareFiles: (request) => call('compareFiles', request),
    checkData: (request, operation) => call('checkData', request, operation),
    compareTensors: (request, operation) => call('compareTensors', request, operation),
    comparedTensorRows: (request, operation) => call('comparedTensorRows', request, operation),
    production: () => call('production', undefined),
    policy: (request) => call('policy', request),
    planPolicy: (request) => call('planPolicy', request),
    setPolicy: (request) => call('setPolicy', request),
    rollbackTarget: (request) => call('rollbackTarget', request),
    stageCounts: (request) => call('stageCounts', request),
    stages: (request) => call('stages', request),
    vocabulary: (request) => call('vocabulary', request),
    pull: (request, operation) => call('pull', request, operation),
    path: (request, operation) => call('path', request, operation),
    verify: (request, operation) => call('verify', request, operation),
    rebuild: (operation) => call('rebuild', undefined, operation),
    gc: (request, operation) => call('gc', request, operation),
    diskUse: () => call('diskUse', undefined),
    retention: () => call('retention', undefined),
    setRetention: (request) => call('setRetention', request),
    sync: (request, operation) => call('sync', request, operation),
    withdraw: (request) => call('withdraw', request),
    confirm: (request) => call('confirm', request),
    resolveRefused: (request) => call('resolveRefused', request),
    head: () => call('head', undefined),
    remote: () => call('remote', undefined),
    pending: () => call('pending', undefined),
    refused: () => call('refused', undefined),
    serving: (request) => call('serving', request),
    reportServing: (request) => call('reportServing', request),
    refresh: () => call('refresh', undefined),
  };
}
