/** The tags of a metric by key, with how many values each has: where its cardinality comes from. */
import type { UseQueryResult } from '@tanstack/react-query';
import { ChevronDown, ChevronRight, Search } from 'lucide-react';
import { useState, type CSSProperties } from 'react';

import { ErrorState, Input, Skeleton, Tags } from '../../components';
import type { TagKey } from './data';
import styles from './summary.module.css';

interface Props {
  metric: string;
  found: UseQueryResult<TagKey[]>;
  /** The one key whose values are shown. */
  only?: string;
}

const VALUES_MAX = 500;

export function TagsPart({ metric, found, only }: Props) {
  const [filter, setFilter] = useState('');
  if (found.error) return <ErrorState error={found.error} />;
  if (!found.data) return <Skeleton height={140} />;
  const keys = found.data.filter(({ key }) => only === undefined || key === only).map(({ key, values }) => ({ key, values, fits: values.filter((value) => `${key}:${value}`.toLowerCase().includes(filter.trim().toLowerCase())) }));
  const shown = keys.filter(({ fits }) => fits.length > 0);
  const max = Math.max(1, ...found.data.map(({ values }) => values.length));
  if (keys.length === 0) return <p className={styles.faint}>{only === undefined ? 'The metric has no tags.' : 'The metric names no host.'}</p>;
  return (
    <div className={styles.tags}>
      <Input icon={<Search aria-hidden />} type="search" aria-label="Filter tags" placeholder="Filter tags" value={filter} onChange={(event) => setFilter(event.currentTarget.value)} />
      <p className={styles.faint}>Of the past four hours.</p>
      {shown.map(({ key, values, fits }) => (
        <Key key={key} metric={metric} name={key} total={values.length} values={fits} share={values.length / max} isOpen={only !== undefined || filter !== '' || undefined} />
      ))}
      {shown.length === 0 && <p className={styles.faint}>No tag fits “{filter}”.</p>}
    </div>
  );
}

interface KeyProps {
  metric: string;
  name: string;
  total: number;
  values: readonly string[];
  /** Of the key with most values. */
  share: number;
  isOpen: boolean | undefined;
}

function Key({ metric, name, total, values, share, isOpen: forced }: KeyProps) {
  const [isOpen, setOpen] = useState(false);
  const open = forced ?? isOpen;
  const tagOf = (value: string) => (name === '' ? value : `${name}:${value}`);
  return (
    <section className={styles.key}>
      <button type="button" className={styles.keyHead} aria-expanded={open} onClick={() => setOpen(!isOpen)} style={{ '--share': `${(share * 100).toFixed(1)}%` } as CSSProperties}>
        {open ? <ChevronDown aria-hidden /> : <ChevronRight aria-hidden />}
        <code>{name === '' ? '(tags without a key)' : name}</code>
        <span className={styles.keyBar} aria-hidden />
        <span className={styles.keyCount}>
          {total.toLocaleString('en-US')} value{total === 1 ? '' : 's'}
        </span>
      </button>
      {open && (
        <div className={styles.values}>
          <Tags tags={values.slice(0, VALUES_MAX).map(tagOf)} metric={metric} />
          {values.length > VALUES_MAX && <p className={styles.faint}>And {(values.length - VALUES_MAX).toLocaleString('en-US')} more: filter to find one.</p>}
        </div>
      )}
    </section>
  );
}
