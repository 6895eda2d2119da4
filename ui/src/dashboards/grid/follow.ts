/** The pointer while something is dragged: from its press until it is up again. */

/** Before that it is a click. */
const START_PX = 4;
const EDGE_PX = 56;
const SCROLL_PX = 14;

/** What scrolls around the grids. */
export function scrollerOf(): HTMLElement | null {
  return document.querySelector<HTMLElement>('[data-scroller]') ?? document.getElementById('content');
}

export interface Following {
  /** Not near an edge: what is dragged stands still itself. */
  isStill?: boolean;
  begin: () => void;
  move: (dx: number, dy: number, event: PointerEvent) => void;
  end: (isDropped: boolean) => void;
}

/** The pointer from here on until it is up; `Escape` gives up. Near an edge the page scrolls. */
export function follow(down: PointerEvent, { begin, move, end, isStill = false }: Following): void {
  let hasBegun = false;
  let last = down;
  let frame = 0;
  const scroller = scrollerOf();
  const onMove = (event: PointerEvent) => {
    last = event;
    if (!hasBegun) {
      if (Math.hypot(event.clientX - down.clientX, event.clientY - down.clientY) < START_PX) return;
      hasBegun = true;
      document.body.dataset['dragging'] = '';
      begin();
      if (!isStill) frame = requestAnimationFrame(tick);
    }
    move(event.clientX - down.clientX, event.clientY - down.clientY, event);
  };
  const tick = () => {
    const rect = scroller?.getBoundingClientRect();
    if (scroller && rect) {
      const by = last.clientY < rect.top + EDGE_PX ? -SCROLL_PX : last.clientY > rect.bottom - EDGE_PX ? SCROLL_PX : 0;
      const before = scroller.scrollTop;
      if (by !== 0) scroller.scrollTop += by;
      if (scroller.scrollTop !== before) move(last.clientX - down.clientX, last.clientY - down.clientY, last);
    }
    frame = requestAnimationFrame(tick);
  };
  const stop = (isDropped: boolean) => {
    window.removeEventListener('pointermove', onMove);
    window.removeEventListener('pointerup', onUp);
    window.removeEventListener('pointercancel', onCancel);
    window.removeEventListener('keydown', onKey, true);
    cancelAnimationFrame(frame);
    delete document.body.dataset['dragging'];
    if (hasBegun) end(isDropped);
  };
  const onUp = () => stop(true);
  const onCancel = () => stop(false);
  const onKey = (event: KeyboardEvent) => {
    if (event.key !== 'Escape') return;
    event.preventDefault();
    event.stopPropagation();
    stop(false);
  };
  window.addEventListener('pointermove', onMove);
  window.addEventListener('pointerup', onUp);
  window.addEventListener('pointercancel', onCancel);
  window.addEventListener('keydown', onKey, true);
}
