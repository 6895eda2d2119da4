/** The time at the top right: text that can be typed, common times, live and steps. */
import { ChevronLeft, ChevronRight, Pause, RefreshCw, ZoomOut } from 'lucide-react';
import { useRef, useState, type KeyboardEvent } from 'react';
import * as Popover from '@radix-ui/react-popover';

import { useActions } from '../actions/registry';
import { queryClient } from '../api/query-client';
import { IconButton } from '../components/Button';
import { Tooltip } from '../components/Tooltip';
import { cx } from '../util/cx';
import { bump } from './bump';
import { rangeText, selectionText } from './format';
import { parseTime } from './parse';
import { DAY, HOUR, MINUTE, spanText, type Selection } from './selection';
import { useTime } from './time-context';
import edge from '../components/edge.module.css';
import styles from './time.module.css';
import { ZoneSwitch } from './ZoneSwitch';

const COMMON: { label: string; selection: Selection }[] = [
  { label: 'Past 15 minutes', selection: { kind: 'relative', ms: 15 * MINUTE } },
  { label: 'Past 1 hour', selection: { kind: 'relative', ms: HOUR } },
  { label: 'Past 4 hours', selection: { kind: 'relative', ms: 4 * HOUR } },
  { label: 'Past 1 day', selection: { kind: 'relative', ms: DAY } },
  { label: 'Past 2 days', selection: { kind: 'relative', ms: 2 * DAY } },
  { label: 'Past 1 week', selection: { kind: 'relative', ms: 7 * DAY } },
  { label: 'Past 1 month', selection: { kind: 'relative', ms: 30 * DAY } },
  { label: 'Today', selection: { kind: 'calendar', name: 'today' } },
  { label: 'Yesterday', selection: { kind: 'calendar', name: 'yesterday' } },
  { label: 'Week to date', selection: { kind: 'calendar', name: 'week_to_date' } },
  { label: 'Month to date', selection: { kind: 'calendar', name: 'month_to_date' } },
];

function badge(selection: Selection): string {
  if (selection.kind === 'relative') return spanText(selection.ms);
  return selection.kind === 'calendar' ? selection.name.slice(0, 1).toUpperCase() : '';
}

export function TimeControl() {
  const time = useTime();
  const input = useRef<HTMLInputElement>(null);
  const [draft, setDraft] = useState<string | null>(null);
  const label = selectionText(time.selection, time.range, time.zone);
  const parsed = draft === null || draft === label ? undefined : parseTime(draft, Date.now(), time.zone);

  const refresh = () => {
    time.refresh();
    // What is live is asked anew because its time moved; what stands still is asked once more.
    if (!time.live) void queryClient.invalidateQueries();
  };
  useActions([
    { id: 'time.refresh', label: 'Refresh', group: 'Time', shortcut: 'r', keywords: 'reload again', run: refresh },
    { id: 'time.focus', label: 'Type a time', group: 'Time', shortcut: 't', keywords: 'range span when', run: () => input.current?.focus() },
    { id: 'time.back', label: 'Time back', group: 'Time', shortcut: '[', run: () => time.step(-1) },
    { id: 'time.forward', label: 'Time forward', group: 'Time', shortcut: ']', run: () => time.step(1) },
    { id: 'time.zoom-out', label: 'Zoom out', group: 'Time', shortcut: '-', run: time.zoomOut },
    { id: 'time.live', label: time.live ? 'Pause' : 'Go live', group: 'Time', shortcut: 'l', keywords: 'live pause now', run: time.toggleLive },
  ]);

  const close = () => {
    setDraft(null);
    input.current?.blur();
  };
  const choose = (selection: Selection) => {
    time.set(selection);
    close();
  };
  const onKeyDown = (event: KeyboardEvent<HTMLInputElement>) => {
    if (event.key === 'Escape') return close();
    if (event.key === 'Enter') {
      if (parsed?.ok) return choose(parsed.selection);
      if (!parsed) close();
      return;
    }
    if (event.key !== 'ArrowUp' && event.key !== 'ArrowDown') return;
    const field = event.currentTarget;
    const bumped = bump(field.value, field.selectionStart ?? 0, event.key === 'ArrowUp' ? 1 : -1);
    if (!bumped) return;
    event.preventDefault();
    setDraft(bumped.text);
    requestAnimationFrame(() => field.setSelectionRange(bumped.from, bumped.to));
  };

  return (
    <div className={styles.control} role="group" aria-label="Time">
      <IconButton label="Time back" shortcut="[" onClick={() => time.step(-1)} icon={<ChevronLeft />} />
      <Popover.Root open={draft !== null} onOpenChange={(open) => !open && setDraft(null)}>
        <Popover.Anchor asChild>
          <div className={cx(edge.edge, styles.field, parsed && !parsed.ok && edge.wrong)}>
            <span className={styles.badge}>{badge(time.selection) || (time.live ? 'live' : 'fixed')}</span>
            <input
              ref={input}
              className={styles.input}
              aria-label="Time range"
              aria-invalid={parsed !== undefined && !parsed.ok}
              spellCheck={false}
              autoComplete="off"
              value={draft ?? label}
              onFocus={(event) => {
                setDraft(label);
                const field = event.currentTarget;
                requestAnimationFrame(() => field.select());
              }}
              onChange={(event) => setDraft(event.currentTarget.value)}
              onKeyDown={onKeyDown}
            />
          </div>
        </Popover.Anchor>
        <Popover.Portal>
          <Popover.Content
            className={styles.menu}
            align="end"
            sideOffset={4}
            onOpenAutoFocus={(event) => event.preventDefault()}
            onCloseAutoFocus={(event) => event.preventDefault()}
            onInteractOutside={(event) => {
              if (input.current?.contains(event.target as Node)) event.preventDefault();
            }}
          >
            <p className={cx(styles.hint, parsed && !parsed.ok && styles.error)} role="status">
              {hintText(parsed, time)}
            </p>
            <ul className={styles.common}>
              {COMMON.map(({ label: name, selection }) => (
                <li key={name}>
                  <button type="button" className={styles.choice} onClick={() => choose(selection)}>
                    <span className={styles.badge}>{badge(selection)}</span>
                    {name}
                  </button>
                </li>
              ))}
            </ul>
            <ZoneSwitch />
          </Popover.Content>
        </Popover.Portal>
      </Popover.Root>
      <IconButton label="Time forward" shortcut="]" disabled={time.live} onClick={() => time.step(1)} icon={<ChevronRight />} />
      <IconButton label="Refresh" shortcut="r" onClick={refresh} icon={<RefreshCw />} />
      <IconButton label="Zoom out" shortcut="-" onClick={time.zoomOut} icon={<ZoomOut />} />
      <Tooltip text={time.live ? 'Pause' : 'Go live'} shortcut="l">
        <button type="button" className={cx(styles.live, time.live && styles.isLive)} aria-label={time.live ? 'Live' : 'Paused: go live'} onClick={time.toggleLive}>
          {time.live ? <span className={styles.dot} aria-hidden /> : <Pause aria-hidden />}
          {time.live ? 'Live' : 'Paused'}
        </button>
      </Tooltip>
    </div>
  );
}

function hintText(parsed: ReturnType<typeof parseTime> | undefined, time: ReturnType<typeof useTime>): string {
  if (!parsed) return 'Type 5h, today, Jan 1 - Jan 2, since Jun 1, a unix time …';
  if (!parsed.ok) return parsed.message;
  const { selection } = parsed;
  if (selection.kind === 'fixed') return `Enter: ${rangeText(selection, time.zone)}`;
  return `Enter: ${selectionText(selection, time.range, time.zone)}`;
}
