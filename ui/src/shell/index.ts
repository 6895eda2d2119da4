export { Page } from './Page';
export { forceTheme, shownTheme } from './theme';
