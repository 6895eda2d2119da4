import { useEffect, useState, type RefObject } from 'react';

/** The size of an element's inside, in pixels, as it changes. */
export function useSize(element: RefObject<HTMLElement | null>): { width: number; height: number } {
  const [size, setSize] = useState({ width: 0, height: 0 });
  useEffect(() => {
    const current = element.current;
    if (!current) return;
    const read = () => {
      const next = { width: current.clientWidth, height: current.clientHeight };
      setSize((before) => (before.width === next.width && before.height === next.height ? before : next));
    };
    read();
    const observer = new ResizeObserver(read);
    observer.observe(current);
    return () => observer.disconnect();
  }, [element]);
  return size;
}
