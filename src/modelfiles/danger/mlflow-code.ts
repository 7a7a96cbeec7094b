import type { DangerFinding } from '../facts.ts';
import type { Mlmodel } from '../formats/mlflow-mlmodel.ts';
import { judgeImport } from './judge-import.ts';

/** What loading an MLflow model imports and runs, by what `MLmodel` names. */
export function judgeMlmodel({ flavors }: Mlmodel, path: string): readonly DangerFinding[] {
  const findings: DangerFinding[] = [];
  const add = (verdict: DangerFinding['verdict'], what: string, why: string) =>
    findings.push({ verdict, what: what.slice(0, 300), why, path });
  for (const [flavor, options] of Object.entries(flavors)) {
    const { loader_module: loader, code, model_code_path: script, model_class: type } = options;
    if (typeof loader === 'string') {
      if (/^mlflow(\.[\w.]+)?$/.test(loader)) add('known', loader, 'is MLflow’s own loader');
      else
        add(
          judgeImport(loader, '_load_pyfunc').verdict === 'dangerous' ? 'dangerous' : 'unknown',
          loader,
          `is the module that the flavor ${flavor} imports and lets load the model`,
        );
    }
    if (typeof code === 'string')
      add('unknown', `code: ${code}`, 'is a folder of Python code that can be imported when the model is loaded');
    if (typeof script === 'string')
      add('unknown', `model_code_path: ${script}`, 'is a script that runs when the model is loaded');
    if (typeof type === 'string' && !type.includes('.')) continue;
    if (typeof type === 'string') {
      const at = type.lastIndexOf('.');
      if (judgeImport(type.slice(0, at), type.slice(at + 1)).verdict === 'dangerous')
        add('dangerous', type, 'is imported when the model is loaded');
    }
  }
  return findings;
}
