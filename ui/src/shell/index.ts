export { Page } from './Page';
export { shownTheme } from './theme';
