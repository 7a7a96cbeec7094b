import { type Loadable, PICKLE_NOTE, type Recipe } from './recipe.ts';
import { pythonText } from './words.ts';

export function pytorchRecipe({ files, framework, architecture, isTorchScript }: Loadable): Recipe {
  const path = files.main(/\.(pt|pth|ckpt|bin|th|tar|jit|torchscript)$/) ?? files.largest ?? '';
  const file = files.file(path);
  const base = { imports: ['import torch'], packages: ['torch'] };
  if (isTorchScript)
    return {
      ...base,
      loader: 'PyTorch, TorchScript',
      lines: [`model = torch.jit.load(${file}, map_location="cpu")`, 'model.eval()'],
    };
  if (framework === 'PyTorch Lightning')
    return {
      ...base,
      loader: 'PyTorch Lightning',
      lines: [
        `checkpoint = torch.load(${file}, map_location="cpu", weights_only=True)`,
        'state_dict = checkpoint["state_dict"]',
        '# model = YourLightningModule(...)',
        '# model.load_state_dict(state_dict)',
      ],
    };
  const shards = files.all(/-\d+-of-\d+\.bin$/);
  if (shards.length > 1)
    return {
      ...base,
      loader: 'PyTorch',
      lines: [
        'state_dict = {}',
        `for part in ${pythonList(shards)}:`,
        '    state_dict.update(torch.load(files / part, map_location="cpu", weights_only=True))',
        ...INTO_MODEL,
      ],
    };
  if (architecture !== undefined)
    return {
      ...base,
      loader: 'PyTorch',
      lines: [
        `# The classes that it is made of (${oneLine(architecture)}) have to be importable.`,
        `model = torch.load(${file}, map_location="cpu", weights_only=False)`,
      ],
      notes: [PICKLE_NOTE],
    };
  return {
    ...base,
    loader: 'PyTorch',
    lines: [`state_dict = torch.load(${file}, map_location="cpu", weights_only=True)`, ...INTO_MODEL],
  };
}

export function safetensorsRecipe({ files, hasPackage }: Loadable): Recipe {
  const parts = files.all(/\.safetensors$/);
  // Without the list of packages, PyTorch is what most people load them with.
  const library = hasPackage('torch') === false ? 'numpy' : 'torch';
  const base = {
    loader: 'safetensors',
    imports: [`from safetensors.${library} import load_file`],
    packages: ['safetensors', library],
  };
  if (parts.length > 1)
    return {
      ...base,
      lines: ['tensors = {}', `for part in ${pythonList(parts)}:`, '    tensors.update(load_file(files / part))'],
    };
  return { ...base, lines: [`tensors = load_file(${files.file(parts[0] ?? files.largest ?? '')})`] };
}

const INTO_MODEL = ['# model = YourModel(...)', '# model.load_state_dict(state_dict)'];

/** So many names are written out. */
const MOST_PARTS = 200;

function pythonList(paths: readonly string[]): string {
  return `[${paths.slice(0, MOST_PARTS).map(pythonText).join(', ')}]`;
}

/** Text for a comment: with a line break in it, what follows would be code. */
function oneLine(text: string): string {
  return text.replace(/[^\x20-\x7e]+/g, ' ').slice(0, 120);
}
