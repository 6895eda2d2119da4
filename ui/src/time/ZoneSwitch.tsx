import { Select } from '../components/Field';
import { cx } from '../util/cx';
import { useTime } from './time-context';
import styles from './time.module.css';
import { ianaOf, offsetOf } from './zone';

/** `UTC+1`, `UTC+5:45`. */
function offsetText(zone: string): string {
  const minutes = Math.round(offsetOf(Date.now(), zone) / 60_000);
  const size = Math.abs(minutes);
  const rest = size % 60 === 0 ? '' : `:${String(size % 60).padStart(2, '0')}`;
  return `UTC${minutes < 0 ? '−' : '+'}${Math.floor(size / 60)}${rest}`;
}

/** Every zone that the browser knows. */
const NAMED = ['', ...Intl.supportedValuesOf('timeZone')].map((value) => ({ value, label: value || 'Other zone' }));

/** Local time, UTC or a named zone, for the whole page. */
export function ZoneSwitch() {
  const { zone, setZone } = useTime();
  return (
    <div className={styles.zones}>
      <span role="radiogroup" aria-label="Time zone" className={styles.zoneChoice}>
        {['local', 'utc'].map((name) => (
        <button
          key={name}
          type="button"
          role="radio"
          aria-checked={zone === name}
          className={cx(styles.zone, zone === name && styles.chosen)}
          onClick={() => setZone(name)}
        >
          {name === 'utc' ? 'UTC' : `${ianaOf('local')} (${offsetText('local')})`}
        </button>
        ))}
      </span>
      <Select
        aria-label="Other time zone"
        className={styles.named}
        options={NAMED}
        value={['local', 'utc'].includes(zone) ? '' : zone}
        onChange={(name) => setZone(name || 'local')}
      />
    </div>
  );
}
