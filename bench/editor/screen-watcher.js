// Runs in the window of the editor and in every frame of it, before anything else does. It looks before each picture that the browser draws
// whether what is waited for is there, and only as long as something is: whoever looks makes the browser draw. All frames have the same clock.
(() => {
  const now = () => performance.timeOrigin + performance.now();
  let inputAt = 0;
  // The frame of a webview, in which the editor shows another, with what the extension made.
  const isWebview = window !== top && window.parent === top;
  let waiting;
  let page;
  for (const type of ['mousedown', 'mouseup', 'keydown']) {
    const note = (event) => {
      inputAt = performance.timeOrigin + event.timeStamp;
    };
    addEventListener(type, note, true);
  }
  /** After the picture was drawn. */
  const drawn = (then) => {
    const channel = new MessageChannel();
    channel.port1.onmessage = () => then(now());
    channel.port2.postMessage(0);
  };
  const lookForElement = () => {
    if (document.querySelector(waiting.selector) === null) {
      requestAnimationFrame(lookForElement);
      return;
    }
    drawn(waiting.done);
    waiting = undefined;
  };
  const lookForPage = () => {
    const frame = document.getElementById('active-frame');
    const isShown = frame !== null && frame.style.visibility !== 'hidden';
    const heading = isShown ? frame.contentDocument?.querySelector('main[aria-busy="false"] h1') : undefined;
    if (!heading) {
      requestAnimationFrame(lookForPage);
      return;
    }
    const shown = { title: heading.textContent.replace(/\s+/g, '') };
    page = shown;
    drawn((at) => {
      shown.at = at;
    });
    lookAgain(frame);
  };
  /** When the editor has put another page into the webview. */
  const lookAgain = (before) => {
    const observer = new MutationObserver(() => {
      const frame = document.getElementById('active-frame');
      if (frame === before) return;
      observer.disconnect();
      requestAnimationFrame(lookForPage);
    });
    observer.observe(document.body, { subtree: true, childList: true, attributeFilter: ['id'] });
  };
  if (isWebview) requestAnimationFrame(lookForPage);

  globalThis.benchScreen = {
    inputAt: () => inputAt,
    page: () => page,
    /** Call it before the press; `found` gives the milliseconds from the last press until there is an element that fits. */
    expect(selector) {
      this.expected = new Promise((done) => {
        waiting = { selector, done };
        requestAnimationFrame(lookForElement);
      });
    },
    found: async () => (await globalThis.benchScreen.expected) - inputAt,
    /** Call it before the press; `rested` gives the milliseconds from the last press until the last change below the selector. */
    follow(selector) {
      this.changedAt = 0;
      const observer = new MutationObserver(() => {
        this.changedAt = now();
      });
      for (const element of document.querySelectorAll(selector))
        observer.observe(element, { subtree: true, childList: true, characterData: true });
      this.stop = () => observer.disconnect();
    },
    async rested(restMs) {
      while (now() - Math.max(inputAt, this.changedAt) < restMs) await new Promise((done) => setTimeout(done, 10));
      this.stop();
      return Math.max(0, this.changedAt - inputAt);
    },
  };
})();
