import { useEffect, useState, type RefObject } from 'react';

/** Whether there is more in it than is seen: then the keyboard must reach it to scroll. */
export function useOverflow(element: RefObject<HTMLElement | null>, content: unknown): boolean {
  const [isOver, setOver] = useState(false);
  useEffect(() => {
    const current = element.current;
    if (!current) return;
    const read = () => setOver(current.scrollHeight > current.clientHeight + 1);
    const observer = new ResizeObserver(read);
    observer.observe(current);
    for (const child of current.children) observer.observe(child);
    return () => observer.disconnect();
  }, [element, content]);
  return isOver;
}
