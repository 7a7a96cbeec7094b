import { refusalOf } from '../project/refused-models.ts';
import { askedPlaces } from '../serving/declared-places.ts';
import { checkDeployment, type Deployment, deploy } from '../serving/deploy.ts';
import type { CommandContext } from './context.ts';
import { EXIT } from './exit-codes.ts';
import { deployedText, deploymentJson, deploymentText } from './format/deployments.ts';
import { findProject } from './project-root.ts';
import { print, printJson, reportError } from './terminal.ts';

/** `deploy`: brings the declared folders to what is in production, or says how they stand. */
export async function deployModels(
  context: CommandContext,
  { check = false }: { readonly check?: boolean },
  model: string | undefined,
): Promise<void> {
  const { root, project } = await findProject(context.cwd);
  const declared = askedPlaces(root, project, model);
  for (const refused of model === undefined ? (project.refused ?? []) : []) {
    process.exitCode = EXIT.refused;
    reportError(refusalOf(refused), context.isJson);
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
