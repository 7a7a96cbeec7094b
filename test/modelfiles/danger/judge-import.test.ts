import { describe, expect, it } from 'vitest';
import { judgeImport } from '../../../src/modelfiles/danger/judge-import.ts';

describe('an import is', () => {
  it.each([
    ['collections', 'OrderedDict'],
    ['torch._utils', '_rebuild_tensor_v2'],
    ['torch', 'BFloat16Storage'],
    ['torch', 'float8_e4m3fn'],
    ['numpy.core.multiarray', '_reconstruct'],
    ['numpy._core.multiarray', 'scalar'],
    ['sklearn.ensemble._forest', 'RandomForestClassifier'],
    ['sklearn.metrics._dist_metrics', 'newObj'],
    ['lightgbm.sklearn', 'LGBMClassifier'],
    ['xgboost.core', 'Booster'],
    ['uuid', 'UUID'],
    ['types', 'SimpleNamespace'],
    ['__builtin__', 'set'],
  ])('known: %s.%s', (module, name) => {
    expect(judgeImport(module, name).verdict).toBe('known');
  });

  it.each([
    ['uuid', '_get_command_stdout'],
    ['sklearn.utils', 'os'],
    ['sklearn.pipeline', 'Pipeline.os.system'],
    ['xgboost.sklearn', 'ThreadPoolExecutor'],
    ['scipy.spatial.transform._rotation', 'ModuleType'],
    ['numpy', 'dtype.__class__'],
    ['some.package', 'eval'],
    ['torch.hub.anything', 'x'],
    [' os ', 'system'],
  ])('dangerous: %s.%s', (module, name) => {
    expect(judgeImport(module, name).verdict).toBe('dangerous');
  });

  it.each([
    ['__main__', 'Net'],
    ['my_project.models', 'Net'],
    ['scipy.stats._continuous_distns', 'uniform_gen'],
    ['sklearn.datasets._base', 'Bunch'],
    ['sklearn.pipeline', 'make_pipeline'],
    ['osprey', 'system_of'],
  ])('unknown: %s.%s', (module, name) => {
    expect(judgeImport(module, name).verdict).toBe('unknown');
  });
});
