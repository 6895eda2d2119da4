/** The largest values of a metric by group, as bars that lead on. */
import { formatValue } from '../../../charts/format';
import type { UnitPair } from '../../../charts/units';
import { ErrorState, PivotMenu, Skeleton } from '../../../components';
import { useTime } from '../../../time';
import { cx } from '../../../util/cx';
import { useTop, type TopQuery } from '../data/top';
import styles from './top.module.css';

interface Props extends TopQuery {
  title: string;
  unit: UnitPair;
  /** What a full bar stands for; without it the largest value. */
  full?: number;
  /** From here on values want a look. */
  high?: number;
  onFilter?: (tag: string, isOut: boolean) => void;
}

export function TopList({ title, unit, full, high = Infinity, onFilter, ...query }: Props) {
  const { range } = useTime();
  const top = useTop(query, range);
  const most = full ?? Math.max(0, ...(top.data ?? []).map(({ value }) => value));
  return (
    <figure className={styles.top} aria-label={title}>
      <figcaption className={styles.title}>{title}</figcaption>
      {top.error && !top.data && <ErrorState error={top.error} onRetry={() => void top.refetch()} />}
      {!top.data && !top.error && (
        <div className={styles.loading} role="status" aria-label="Loading">
          {Array.from({ length: 6 }, (_, at) => (
            <Skeleton key={at} height={16} width={`${90 - at * 12}%`} />
          ))}
        </div>
      )}
      {top.data?.length === 0 && <p className={styles.none}>No data in this time and scope.</p>}
      <ol className={cx(styles.rows, top.isOld && styles.old)}>
        {top.data?.map(({ tags, value }) => (
          <li key={tags.join()} className={styles.row}>
            <span className={cx(styles.bar, value >= high && styles.high)} style={{ width: `${most > 0 ? Math.min(100, (100 * value) / most) : 0}%` }} aria-hidden />
            <PivotMenu text={tags[0] ?? ''} {...(onFilter ? { onFilter } : {})}>
              <button type="button" className={styles.name}>
                {tags.map((tag) => tag.slice(tag.indexOf(':') + 1)).join(' · ')}
              </button>
            </PivotMenu>
            <span className={styles.value}>{formatValue(value, unit)}</span>
          </li>
        ))}
      </ol>
    </figure>
  );
}
