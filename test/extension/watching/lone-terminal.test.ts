import { describe, expect, it } from 'vitest';
import { LoneTerminal } from '../../../src/extension/watching/lone-terminal.ts';

const terminal = { name: 'zsh' };
const another = { name: 'task' };

describe('since when nothing but the next command of a terminal can have run', () => {
  it('is the end of the command before it, whatever that was, or the opening of the terminal', () => {
    const lone = new LoneTerminal();
    expect(lone.idleSinceMs(terminal)).toBeUndefined();
    lone.opened(terminal, 100);
    expect(lone.idleSinceMs(terminal)).toBe(100);
    lone.begins(terminal, 'ls');
    expect(lone.idleSinceMs(terminal)).toBeUndefined();
    lone.ended(terminal, 250);
    expect(lone.idleSinceMs(terminal)).toBe(250);
  });

  it('isn’t known beside another terminal, and begins anew when that is closed', () => {
    const lone = new LoneTerminal();
    lone.opened(terminal, 100);
    lone.opened(another, 200);
    expect(lone.idleSinceMs(terminal)).toBeUndefined();
    lone.ended(terminal, 250);
    expect(lone.idleSinceMs(terminal)).toBeUndefined();
    lone.closed(another, 300);
    expect(lone.idleSinceMs(terminal)).toBe(300);
    lone.begins(terminal, 'python a.py');
    lone.ended(terminal, 350);
    expect(lone.idleSinceMs(terminal)).toBe(350);
  });

  it('isn’t known beside a terminal that was there before anybody looked', () => {
    const lone = new LoneTerminal([another]);
    lone.opened(terminal, 100);
    expect(lone.idleSinceMs(terminal)).toBeUndefined();
    lone.closed(another, 150);
    expect(lone.idleSinceMs(terminal)).toBe(150);
  });

  it('isn’t known before the first end in a terminal that was there before anybody looked', () => {
    const lone = new LoneTerminal([terminal]);
    expect(lone.idleSinceMs(terminal)).toBeUndefined();
    lone.begins(terminal, 'ls');
    lone.ended(terminal, 250);
    expect(lone.idleSinceMs(terminal)).toBe(250);
  });

  it('isn’t known while a debugger, a task or a notebook works, and begins anew at its end', () => {
    const lone = new LoneTerminal();
    const session = {};
    lone.opened(terminal, 100);
    lone.othersBegin(session);
    expect(lone.idleSinceMs(terminal)).toBeUndefined();
    lone.othersEnded(session, 400);
    lone.othersEnded(session, 500);
    expect(lone.idleSinceMs(terminal)).toBe(400);
  });

  it('isn’t known any more in a terminal where something was left running in the background', () => {
    for (const line of [
      'python train.py &',
      'nohup ./train.sh',
      'bg',
      'a.py & disown',
      'tmux attach',
      '(python a.py &)',
    ]) {
      const lone = new LoneTerminal();
      lone.opened(terminal, 100);
      lone.begins(terminal, line);
      lone.ended(terminal, 200);
      expect(lone.idleSinceMs(terminal), line).toBeUndefined();
    }
    const lone = new LoneTerminal();
    lone.opened(terminal, 100);
    lone.begins(terminal, 'make 2>&1 && python train.py &> log');
    lone.ended(terminal, 200);
    expect(lone.idleSinceMs(terminal)).toBe(200);
  });

  it('isn’t known again where what was left in the background may go on after its terminal', () => {
    const lone = new LoneTerminal([terminal]);
    lone.begins(terminal, 'nohup python train.py &');
    lone.opened(another, 200);
    lone.closed(terminal, 300);
    expect(lone.idleSinceMs(another)).toBeUndefined();
  });
});
