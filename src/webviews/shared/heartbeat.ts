/** So often the extension is asked whether it is there. */
const beatMs = 1000;
/** So many of these questions in a row have no answer before anybody is told. */
const MOST_UNANSWERED = 5;

/** For people: since when it is silent, in seconds. */
export const SILENT_SECONDS = (MOST_UNANSWERED * beatMs) / 1000;

export interface Heartbeat {
  /** Whether something is awaited of the extension: only then is it asked. */
  await(isAwaited: boolean): void;
  /** It said something, whatever that was. */
  heard(): void;
}

/**
 * Notices that nobody is left to answer a page: the editor tells a page nothing of the end of the extension's process, and work may take minutes. Any process
 * that lives answers `ask`, however long its work takes. Questions are counted and not time, in which the machine may have slept and nobody could answer.
 */
export function heartbeat(ask: () => void, onSilence: (isSilent: boolean) => void): Heartbeat {
  let unanswered = 0;
  let isAwaited = false;
  let isSilent = false;
  let timer: ReturnType<typeof setInterval> | undefined;

  function beat(): void {
    if (unanswered >= MOST_UNANSWERED && !isSilent) {
      isSilent = true;
      onSilence(true);
    }
    unanswered += 1;
    ask();
  }

  /** Once it is silent, it is asked until it is heard: the page goes on then. */
  function keepOrStop(): void {
    const isNeeded = isAwaited || isSilent;
    if (isNeeded === (timer !== undefined)) return;
    clearInterval(timer);
    timer = isNeeded ? setInterval(beat, beatMs) : undefined;
    unanswered = 0;
  }

  return {
    await(wanted) {
      isAwaited = wanted;
      keepOrStop();
    },
    heard() {
      unanswered = 0;
      if (!isSilent) return;
      isSilent = false;
      onSilence(false);
      keepOrStop();
    },
  };
}
