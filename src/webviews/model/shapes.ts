import { html, type TemplateResult } from 'lit';
import type { Palette } from './palette.ts';

export type Shape = 'ring' | 'triangle' | 'diamond' | 'cross' | 'square';

const shapes: Readonly<Record<string, Shape>> = {
  candidate: 'ring',
  staging: 'triangle',
  production: 'diamond',
  archived: 'cross',
};

/** A shape for each stage, so that none is told by its colour alone. Stages of a policy's own share one. */
export function shapeOf(stage: string): Shape {
  return Object.hasOwn(shapes, stage) ? (shapes[stage] ?? 'square') : 'square';
}

export function colourOf(stage: string, palette: Palette): string {
  switch (shapeOf(stage)) {
    case 'ring':
      return palette.text;
    case 'triangle':
      return palette.staging;
    case 'diamond':
      return palette.production;
    case 'cross':
      return palette.muted;
    case 'square':
      return palette.other;
  }
}

/** Outlines around a point, `radius` wide, as moves of a pen. Closed ones are filled. */
const outlines: Readonly<Record<Exclude<Shape, 'ring'>, readonly (readonly (readonly [number, number])[])[]>> = {
  triangle: [
    [
      [0, -1.1],
      [1, 0.8],
      [-1, 0.8],
    ],
  ],
  diamond: [
    [
      [0, -1.5],
      [1.3, 0],
      [0, 1.5],
      [-1.3, 0],
    ],
  ],
  square: [
    [
      [-0.9, -0.9],
      [0.9, -0.9],
      [0.9, 0.9],
      [-0.9, 0.9],
    ],
  ],
  cross: [
    [
      [-0.8, -0.8],
      [0.8, 0.8],
    ],
    [
      [0.8, -0.8],
      [-0.8, 0.8],
    ],
  ],
};

export function paintShape(
  canvas: CanvasRenderingContext2D,
  { shape, x, y, radius, colour }: { shape: Shape; x: number; y: number; radius: number; colour: string },
): void {
  canvas.beginPath();
  if (shape === 'ring') canvas.arc(x, y, radius * 0.9, 0, 2 * Math.PI);
  else {
    for (const outline of outlines[shape]) {
      for (const [index, [dx, dy]] of outline.entries()) {
        if (index === 0) canvas.moveTo(x + dx * radius, y + dy * radius);
        else canvas.lineTo(x + dx * radius, y + dy * radius);
      }
      if (shape !== 'cross') canvas.closePath();
    }
  }
  canvas.strokeStyle = colour;
  canvas.lineWidth = Math.max(1, radius / 3);
  canvas.stroke();
  if (shape === 'ring' || shape === 'cross') return;
  canvas.fillStyle = colour;
  canvas.fill();
}

/** The same shape beside a word. */
export function shapeKey(stage: string): TemplateResult {
  const shape = shapeOf(stage);
  const path =
    shape === 'ring'
      ? 'M 2.5 7 a 4.5 4.5 0 1 0 9 0 a 4.5 4.5 0 1 0 -9 0'
      : outlines[shape]
          .map((outline) =>
            outline.map(([dx, dy], index) => `${index === 0 ? 'M' : 'L'} ${7 + dx * 4.2} ${7 + dy * 4.2}`).join(' '),
          )
          .map((part) => (shape === 'cross' ? part : `${part} Z`))
          .join(' ');
  return html`<svg class="shape-key shape-${shape}" viewBox="0 0 14 14" width="14" height="14" aria-hidden="true"><path d=${path}></path></svg>`;
}
