/** Dark, light, or as the system is. `public/theme.js` sets it before the first paint. */
import { stored } from '../util/storage';

export type Theme = 'system' | 'dark' | 'light';

export const themeWish = stored('procyon.theme', 'system');

const system = window.matchMedia('(prefers-color-scheme: dark)');
const listeners = new Set<() => void>();

/** Of what is shown on a wall, whatever the person wishes elsewhere. */
let forced: 'dark' | 'light' | null = null;

export function forceTheme(theme: 'dark' | 'light' | null): void {
  forced = theme;
  apply();
}

function apply(): void {
  const wish = forced ?? themeWish.get();
  const isDark = wish === 'dark' || (wish !== 'light' && system.matches);
  document.documentElement.dataset['theme'] = isDark ? 'dark' : 'light';
  for (const listener of listeners) listener();
}

system.addEventListener('change', apply);
themeWish.subscribe(apply);

/** The theme that is shown: for what is drawn on canvas. */
export const shownTheme = {
  get: (): 'dark' | 'light' => (document.documentElement.dataset['theme'] === 'light' ? 'light' : 'dark'),
  subscribe(listener: () => void) {
    listeners.add(listener);
    return () => listeners.delete(listener);
  },
};

export function nextTheme(): Theme {
  const order: Theme[] = ['system', 'dark', 'light'];
  return order[(order.indexOf(themeWish.get() as Theme) + 1) % order.length] ?? 'system';
}
