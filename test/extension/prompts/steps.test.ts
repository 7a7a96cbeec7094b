import { describe, expect, it, vi } from 'vitest';
import type { Answers } from '../../../src/extension/prompts/answers.ts';
import { added, askInSteps, type Place, type Reply, type Step } from '../../../src/extension/prompts/steps.ts';

/** A step that replies with each of these in turn. */
function stepOf(
  name: 'alias' | 'text',
  ...replies: readonly (string | 'BACK' | 'LEAVE')[]
): Step & { places: Place[] } {
  const left = [...replies];
  const places: Place[] = [];
  const step = async (place: Place, answers: Answers): Promise<Reply<Answers>> => {
    places.push(place);
    const next = left.shift();
    if (next === 'BACK') return { kind: 'back' };
    if (next === undefined || next === 'LEAVE') return { kind: 'cancelled' };
    return added({ kind: 'given', value: next }, (value) => ({ ...answers, [name]: value }));
  };
  return Object.assign(step, { places });
}

describe('questions one after the other', () => {
  it('give all answers, and say where they stand', async () => {
    const [first, second] = [stepOf('alias', 'champion'), stepOf('text', 'why')];
    expect(await askInSteps('Title', {}, [first, second])).toEqual({ alias: 'champion', text: 'why' });
    expect(first.places).toEqual([{ title: 'Title', step: 1, totalSteps: 2 }]);
    expect(second.places).toEqual([{ title: 'Title', step: 2, totalSteps: 2 }]);
  });

  it('can be taken back, and the later answer counts', async () => {
    const first = stepOf('alias', 'typo', 'champion');
    const second = stepOf('text', 'BACK', 'why');
    expect(await askInSteps('Title', {}, [first, second])).toEqual({ alias: 'champion', text: 'why' });
  });

  it('give nothing where the person leaves', async () => {
    const second = vi.fn(stepOf('text', 'why'));
    expect(await askInSteps('Title', {}, [stepOf('alias', 'LEAVE'), second])).toBeUndefined();
    expect(second).not.toHaveBeenCalled();
  });

  it('stay at the first one where there is nothing to go back to', async () => {
    const first = stepOf('alias', 'BACK', 'champion');
    expect(await askInSteps('Title', {}, [first])).toEqual({ alias: 'champion' });
  });

  it('begin behind what is given, which is asked where the person goes back to it', async () => {
    const first = stepOf('alias', 'champion');
    const second = stepOf('text', 'BACK', 'why');
    const answers = await askInSteps('Title', {}, [first, second], [{ alias: 'typo' }]);
    expect(answers).toEqual({ alias: 'champion', text: 'why' });
    expect(second.places[0]).toEqual({ title: 'Title', step: 1, totalSteps: 1, canGoBack: true });
    expect(first.places).toEqual([{ title: 'Title', step: 1, totalSteps: 2 }]);
    expect(second.places[1]).toEqual({ title: 'Title', step: 2, totalSteps: 2 });
  });

  it('count what is asked: one that is known without a question is none of them', async () => {
    const first = stepOf('alias', 'champion', 'other');
    const silent: Step = vi.fn(async (_, answers) => {
      return { kind: 'given', value: answers, isUnasked: true } as const;
    });
    const [third, fourth] = [stepOf('text', 'why'), stepOf('text', 'because')];
    await askInSteps('Title', {}, [first, silent, third, fourth]);
    expect(
      [first, third, fourth].map(({ places }) => places.map(({ step, totalSteps }) => [step, totalSteps])),
    ).toEqual([[[1, 4]], [[2, 3]], [[3, 3]]]);
  });

  it('are none where everything is known', async () => {
    expect(await askInSteps('Title', { alias: 'champion' }, [])).toEqual({ alias: 'champion' });
  });
});
