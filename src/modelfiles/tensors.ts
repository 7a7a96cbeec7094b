import { formatNumber } from '../base/language.ts';
import { elementCount } from '../base/shape.ts';
import type { ModelFacts, TensorFacts } from './facts.ts';

/** Tensors that are listed; those beyond are counted. */
const MAX_LISTED = 250_000;

/** Collects the tensors of a model: lists as many as a table can have, counts all. */
export class TensorList {
  readonly #listed: TensorFacts[] = [];
  readonly #problems: string[] = [];
  #count = 0;
  #parameters = 0;

  add(tensor: TensorFacts): void {
    this.#count += 1;
    const elements = elementCount(tensor.shape);
    if (elements === undefined) this.#note(`${tensor.name.slice(0, 100)} has more elements than can be counted`);
    else this.#parameters += elements;
    if (this.#listed.length < MAX_LISTED) this.#listed.push(tensor);
  }

  /** Facts without any tensors where none were added. */
  facts(): Pick<ModelFacts, 'tensors' | 'parameterCount'> {
    if (this.#count === 0) return {};
    if (!Number.isSafeInteger(this.#parameters)) return { tensors: this.#listed };
    return { tensors: this.#listed, parameterCount: this.#parameters };
  }

  problems(): readonly string[] {
    const cut =
      this.#count > MAX_LISTED
        ? [`Of ${formatNumber(this.#count)} tensors the first ${formatNumber(MAX_LISTED)} are listed`]
        : [];
    return [...this.#problems, ...cut];
  }

  #note(problem: string): void {
    if (this.#problems.length < 20) this.#problems.push(problem);
  }
}
