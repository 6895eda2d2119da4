/** The widget under the pointer, or the one that has the keyboard. */
export function hoveredWidget(): number | undefined {
  const frames = document.querySelectorAll<HTMLElement>('[data-frame]:hover');
  const frame = frames[frames.length - 1] ?? document.activeElement?.closest<HTMLElement>('[data-frame]');
  const id = Number(frame?.dataset['frame'] ?? Number.NaN);
  return Number.isNaN(id) ? undefined : id;
}
