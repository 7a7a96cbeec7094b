import { setImmediate as turn } from 'node:timers/promises';

/** So many turns in which nothing new happened mean that everybody waits. */
const IDLE_TURNS = 4;

/** Time that passes only while everybody waits for it. */
export class VirtualTime {
  #now = 0;
  #sleepers: { readonly until: number; readonly wake: () => void }[] = [];
  #changes = 0;

  get now(): number {
    return this.#now;
  }

  sleep(milliseconds: number): Promise<void> {
    this.#changes += 1;
    return new Promise((wake) => {
      this.#sleepers.push({ until: this.#now + milliseconds, wake });
    });
  }

  /** Lets time pass until `task` ends. Throws if it waits for anything else. */
  async run<T>(task: Promise<T>): Promise<T> {
    let isOver = false;
    const end = () => {
      isOver = true;
    };
    task.then(end, end);
    for (let idle = 0; !isOver; ) {
      const before = this.#changes;
      await turn();
      idle = this.#changes === before ? idle + 1 : 0;
      if (idle < IDLE_TURNS || isOver) continue;
      this.#sleepers.sort((a, b) => a.until - b.until);
      const next = this.#sleepers.shift();
      // Compressing a segment takes real time, in another thread.
      if (!next) continue;
      this.#now = next.until;
      this.#changes += 1;
      next.wake();
    }
    return task;
  }
}
