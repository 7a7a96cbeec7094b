import { groupBy } from '../../src/base/group-by.ts';

/** A picture of a screen, by its file beside the sheet. */
export interface Picture {
  readonly file: string;
  readonly screen: string;
  readonly theme: string;
  readonly width: number;
}

/** A page with all pictures: a row for each screen and width, a column for each theme. */
export function contactSheet(title: string, pictures: readonly Picture[]): string {
  const rows = groupBy(pictures, ({ screen, width }) => `${screen}, ${width} px`);
  const figures = [...rows].map(
    ([name, all]) => `<section><h2>${name}</h2><div>${all.map(figure).join('')}</div></section>`,
  );
  return `<!DOCTYPE html><meta charset="utf-8"><title>${title}</title>
<style>
  body { font: 14px sans-serif; margin: 16px; background: #888; color: #fff }
  section > div { display: flex; gap: 8px; align-items: flex-start }
  figure { margin: 0; flex: 0 1 auto; min-width: 0 }
  img { max-width: 100%; display: block }
</style>
<h1>${title}</h1>
${figures.join('\n')}
`;
}

function figure({ file, theme }: Picture): string {
  return `<figure><figcaption>${theme}</figcaption><a href="${file}"><img loading="lazy" src="${file}"></a></figure>`;
}
