import { Field, Select } from '../../../components';
import type { WidgetTime } from '../../model';
import { fixedRange } from '../../../widgets/time';
import { isObject } from '../path';
import styles from './form.module.css';
import { FoldedSection } from './Sections';

interface Props {
  time: unknown;
  onChange: (time: WidgetTime | undefined) => void;
}

/** Source: openapi core-v1, `WidgetLiveSpan`. */
const SPANS: readonly (readonly [string, string])[] = [
  ['1m', 'Past minute'],
  ['5m', 'Past 5 minutes'],
  ['10m', 'Past 10 minutes'],
  ['15m', 'Past 15 minutes'],
  ['30m', 'Past 30 minutes'],
  ['1h', 'Past hour'],
  ['4h', 'Past 4 hours'],
  ['1d', 'Past day'],
  ['2d', 'Past 2 days'],
  ['1w', 'Past week'],
  ['1mo', 'Past month'],
  ['3mo', 'Past 3 months'],
  ['6mo', 'Past 6 months'],
  ['1y', 'Past year'],
];

/** The page's time, or one of the widget's own. */
export function TimeSection({ time, onChange }: Props) {
  const own: Record<string, unknown> = isObject(time) ? time : {};
  const span = typeof own['live_span'] === 'string' ? own['live_span'] : '';
  const other = span === '' ? describe(own) : undefined;
  const options = [
    { value: '', label: 'The page’s' },
    ...SPANS.map(([value, label]) => ({ value, label })),
    ...(span !== '' && !SPANS.some(([value]) => value === span) ? [{ value: span, label: span }] : []),
    ...(other === undefined ? [] : [{ value: 'other', label: other }]),
  ];
  const choose = (value: string) => {
    if (value !== 'other') onChange(value === '' ? undefined : { live_span: value });
  };
  return (
    <FoldedSection title="Time" isFolded={false}>
      <Field label="Time shown" help={other === undefined ? undefined : 'Its JSON says this'}>
        {({ id, describedBy }) => <Select id={id} aria-describedby={describedBy} className={styles.select} options={options} value={other === undefined ? span : 'other'} onChange={choose} />}
      </Field>
    </FoldedSection>
  );
}

/** Times that only JSON can say. */
function describe(time: Record<string, unknown>): string | undefined {
  if (typeof time['from'] === 'number' && typeof time['to'] === 'number') {
    const range = fixedRange({ from: time['from'], to: time['to'] });
    const text = (ms: number) => new Date(ms).toISOString().slice(0, 16).replace('T', ' ');
    return range ? `${text(range.from)} to ${text(range.to)} UTC` : 'A fixed time';
  }
  if (typeof time['unit'] === 'string' && typeof time['value'] === 'number') return `Past ${time['value']} ${time['unit']}${time['value'] === 1 ? '' : 's'}`;
  return undefined;
}
