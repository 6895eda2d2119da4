/** What every signed-in page has around it: rail, keys, palette, help, toasts. */
import { Outlet, useNavigate } from '@tanstack/react-router';
import { Suspense, useState } from 'react';

import { useActions, useShortcuts } from '../actions/registry';
import { ApiError, usePageInfo } from '../api';
import { csrfToken } from '../api/session';
import { Button } from '../components/Button';
import { ErrorState } from '../components/ErrorState';
import { Toasts } from '../components/Toasts';
import { TooltipProvider } from '../components/Tooltip';
import { ShareHost } from '../dashboards/share/ShareHost';
import { TimeProvider } from '../time/time-context';
import { KeysHelp } from './KeysHelp';
import { NAV } from './nav';
import { Palette } from './Palette';
import { Rail } from './Rail';
import styles from './shell.module.css';
import { nextTheme, themeWish } from './theme';
import { Offline } from './Offline';

export function Shell() {
  const [overlay, setOverlay] = useState<'palette' | 'help' | null>(null);
  useShortcuts();
  useShellActions(setOverlay);
  const { data } = usePageInfo();
  // Who was signed in sees the frame at once; who was not sees nothing before the sign-in page.
  const isKnown = data !== undefined || csrfToken() !== '';
  return (
    <TooltipProvider>
      <TimeProvider>
        <div className={styles.shell}>
          {isKnown && <Rail onSearch={() => setOverlay('palette')} />}
          <Gate />
        </div>
        {overlay === 'palette' && <Palette onClose={() => setOverlay(null)} />}
        {overlay === 'help' && <KeysHelp onClose={() => setOverlay(null)} />}
        <ShareHost />
        <Toasts />
      </TimeProvider>
    </TooltipProvider>
  );
}

/** Nothing of a page is asked before the session is known to be good. */
function Gate() {
  const { data, error, refetch } = usePageInfo();
  if (data) {
    return (
      <Suspense fallback={<div className={styles.page} aria-busy />}>
        <Outlet />
      </Suspense>
    );
  }
  if (error instanceof ApiError && error.status !== 401) {
    return (
      <div className={styles.page}>
        <Offline />
        <ErrorState error={error} onRetry={() => void refetch()} />
      </div>
    );
  }
  return <div className={styles.page} aria-busy />;
}

/** In place of a page that broke: the rest of the shell still works. */
export function PageBroke({ error, reset }: { error: unknown; reset: () => void }) {
  return (
    <main className={styles.page}>
      <ErrorState error={error} />
      <div className={styles.boot}>
        <Button onClick={reset}>Try again</Button>
      </div>
    </main>
  );
}

function useShellActions(show: (overlay: 'palette' | 'help') => void): void {
  const navigate = useNavigate();
  const go = (to: string) => void navigate({ to: to as never });
  useActions([
    { id: 'shell.palette', label: 'Search and do', group: 'Everywhere', shortcut: 'Ctrl+K', run: () => show('palette') },
    { id: 'shell.help', label: 'Keys of this page', group: 'Everywhere', shortcut: '?', keywords: 'help shortcuts', run: () => show('help') },
    { id: 'shell.theme', label: 'Change the theme', group: 'Everywhere', keywords: 'dark light system', run: () => themeWish.set(nextTheme()) },
    { id: 'shell.full', label: 'Full screen', group: 'Everywhere', shortcut: 'f', run: toggleFullScreen },
    ...NAV.map(({ label, to, letter, pages }) => ({
      id: `go.${label}`,
      label: `Go to ${pages?.find((page) => page.to === to)?.label ?? label}`,
      group: 'Go to',
      keywords: `${label} ${pages?.find((page) => page.to === to)?.keywords ?? ''}`,
      ...(letter ? { shortcut: `g ${letter}` } : {}),
      run: () => go(to),
    })),
    ...NAV.flatMap(({ label, to, pages }) =>
      (pages ?? []).filter((page) => page.to !== to).map((page) => ({
        id: `go.${page.to}`,
        label: `Go to ${page.label}`,
        group: 'Go to',
        keywords: `${label} ${page.keywords ?? ''}`,
        run: () => go(page.to),
      })),
    ),
  ], 'shell');
}

function toggleFullScreen(): void {
  if (document.fullscreenElement) void document.exitFullscreen();
  else void document.documentElement.requestFullscreen();
}
