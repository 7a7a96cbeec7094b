import { RegistryError } from '../base/errors.ts';
import { checkDeployment, type Deployment, deploy } from '../serving/deploy.ts';
import type { CommandContext } from './context.ts';
import { EXIT } from './exit-codes.ts';
import { deployedText, deploymentJson, deploymentText } from './format/deployments.ts';
import { findProject } from './project-root.ts';
import { print, printJson } from './terminal.ts';

/** `deploy`: brings the declared folders to what is in production, or says how they stand. */
export async function deployModels(
  context: CommandContext,
  { check = false }: { readonly check?: boolean },
  model: string | undefined,
): Promise<void> {
  const { root, project } = await findProject(context.cwd);
  const declared = Object.entries(project.models).flatMap(([name, { deploy: path }]) =>
    path === undefined || (model !== undefined && name !== model) ? [] : [{ root, model: name, path }],
  );
  if (declared.length === 0) {
    const what = model === undefined ? 'no model with a folder to deploy to' : `no folder to deploy ${model} to`;
    throw new RegistryError(
      'DEPLOY_UNDECLARED',
      `model-registry.yaml declares ${what}. Add to the model: deploy: deploy/NAME.`,
    );
  }
  await context.withQueries(async (registry) => {
    const results: Deployment[] = [];
    for (const request of declared) {
      const { found, text } = await context.withProgress(async (operation) => {
        if (check) {
          const checked = await checkDeployment(registry, request, operation);
          return { found: checked, text: deploymentText(checked) };
        }
        const deployed = await deploy(registry, request, { ...operation, isAsked: true });
        return { found: deployed, text: deployedText(deployed) };
      });
      results.push(found);
      if (!context.isJson) print(text);
    }
    if (context.isJson) printJson(results.map(deploymentJson));
    const isBehind = results.some(({ state, wanted }) => wanted && state !== 'deployed');
    if (isBehind) process.exitCode = EXIT.refused;
  });
}
