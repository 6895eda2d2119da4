export { TimeProvider, useTime, type PageTime } from './time-context';
export { TimeControl } from './TimeControl';
export { agoText, fullText, rangeText, selectionText, shortText } from './format';
export { DAY, HOUR, MINUTE, type Range, type Selection } from './selection';
