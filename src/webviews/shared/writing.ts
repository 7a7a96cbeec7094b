import { nothing } from 'lit';
import { Directive, type DirectiveResult, directive, type ElementPart } from 'lit/directive.js';

/** The sentence on a page that says why nothing can be changed. */
export const WHY_READ_ONLY = 'read-only-why';

/** Says it again to whoever presses what can't be pressed. Undefined where the registry can be changed. */
export type ToldWhy = (() => void) | undefined;

/** Marks a control that changes something. */
export type Writing = DirectiveResult<typeof WritingDirective>;

/** A control stays where the keyboard finds it, so that it can be learnt why it isn't available. */
class WritingDirective extends Directive {
  #tell: ToldWhy;
  #isListening = false;
  readonly #before = new Map<string, string | null>();

  override update({ element }: ElementPart, [tell]: [ToldWhy]): unknown {
    if (tell) {
      if (!this.#isListening) element.addEventListener('click', this.#refuse, { capture: true });
      this.#isListening = true;
      for (const [name, value] of Object.entries({ 'aria-disabled': 'true', 'aria-describedby': WHY_READ_ONLY })) {
        if (!this.#tell) this.#before.set(name, element.getAttribute(name));
        element.setAttribute(name, value);
      }
    } else if (this.#tell) {
      for (const [name, value] of this.#before)
        if (value === null) element.removeAttribute(name);
        else element.setAttribute(name, value);
    }
    this.#tell = tell;
    return nothing;
  }

  override render(_tell: ToldWhy): unknown {
    return nothing;
  }

  /** Before what the control does by itself. */
  readonly #refuse = (event: Event) => {
    if (!this.#tell) return;
    event.preventDefault();
    event.stopImmediatePropagation();
    this.#tell();
  };
}

export const writing = directive(WritingDirective);
