/**
 * The page's time: what the address says, resolved at a moment. While live, the moment moves on by
 * itself, at a pace that fits the width, and stands still while the tab is hidden.
 */
import { createContext, useCallback, useContext, useEffect, useMemo, useState, type ReactNode } from 'react';

import { stored } from '../util/storage';
import { useParams, useSetParams } from '../util/url-state';
import { useStored } from '../util/use-stored';
import { DAY, HOUR, isLive, MINUTE, ofParams, resolve, toParams, type Range, type Selection } from './selection';
import { isZone, type Zone } from './zone';

export interface PageTime {
  selection: Selection;
  /** Unix milliseconds. */
  range: Range;
  live: boolean;
  /** How often a live range moves, in milliseconds. */
  pace: number;
  zone: Zone;
  setZone: (zone: Zone) => void;
  set: (selection: Selection) => void;
  /** Shows a stretch that was dragged or clicked. */
  zoomTo: (range: Range) => void;
  /** Moves by a whole width: -1 back, 1 forward. */
  step: (direction: -1 | 1) => void;
  zoomOut: () => void;
  toggleLive: () => void;
  refresh: () => void;
}

const Context = createContext<PageTime | null>(null);
const storedZone = stored('procyon.zone', 'local');
const YEARS_MAX = 20;

function paceOf(width: number): number {
  if (width <= HOUR) return 5000;
  if (width <= 4 * HOUR) return 15_000;
  return width <= DAY ? MINUTE : 5 * MINUTE;
}

export function TimeProvider({ children }: { children: ReactNode }) {
  const { span, from_ts, to_ts, live: liveParam } = useParams();
  const setParams = useSetParams();
  const [zoneName, setZone] = useStored(storedZone);
  const zone = isZone(zoneName) ? zoneName : 'utc';
  const [now, setNow] = useState(() => Date.now());

  const selection = useMemo(
    () => ofParams({ span, from_ts, to_ts, live: liveParam }),
    [span, from_ts, to_ts, liveParam],
  );
  const live = isLive(selection);
  const range = useMemo(() => resolve(selection, now, zone), [selection, now, zone]);
  const pace = paceOf(range.to - range.from);

  const refresh = useCallback(() => setNow(Date.now()), []);
  useTicks(live, pace, refresh);

  const set = useCallback(
    (next: Selection) => {
      setNow(Date.now());
      setParams(toParams(next) as unknown as Record<string, string | undefined>);
    },
    [setParams],
  );

  const value = useMemo<PageTime>(() => {
    const fix = (next: Range) =>
      set({ kind: 'fixed', from: Math.max(0, Math.round(next.from)), to: Math.round(next.to) });
    const width = range.to - range.from;
    return {
      selection,
      range,
      live,
      pace,
      zone,
      setZone,
      set,
      refresh,
      zoomTo: fix,
      step: (direction) => {
        const to = range.to + direction * width;
        // Stepping into the future ends in the present, live again.
        if (to >= Date.now()) return set({ kind: 'relative', ms: width });
        fix({ from: to - width, to });
      },
      zoomOut: () => {
        const wider = Math.min(2 * width, YEARS_MAX * 365 * DAY);
        if (live) return set({ kind: 'relative', ms: wider });
        const to = Math.min(range.to + width / 2, Date.now());
        fix({ from: to - wider, to });
      },
      toggleLive: () => (live ? fix(range) : set({ kind: 'relative', ms: width })),
    };
  }, [selection, range, live, pace, zone, setZone, set, refresh]);

  return <Context value={value}>{children}</Context>;
}

function useTicks(live: boolean, pace: number, tick: () => void): void {
  useEffect(() => {
    if (!live) return;
    const onTick = () => {
      if (document.visibilityState === 'visible') tick();
    };
    const timer = setInterval(onTick, pace);
    document.addEventListener('visibilitychange', onTick);
    return () => {
      clearInterval(timer);
      document.removeEventListener('visibilitychange', onTick);
    };
  }, [live, pace, tick]);
}

export function useTime(): PageTime {
  const time = useContext(Context);
  if (!time) throw new Error('BUG: useTime outside of TimeProvider');
  return time;
}
