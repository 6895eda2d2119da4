import { ChevronDown, ChevronRight, Minus } from 'lucide-react';
import { useState, type CSSProperties } from 'react';

import { cx } from '../util/cx';
import type { FacetCount } from './facets';
import styles from './facets.module.css';
import { clickFacet, clickOf, selectionOf, withSelection } from './search';

interface Props {
  field: string;
  label: string;
  counts: readonly FacetCount[];
  search: string;
  onSearch: (search: string) => void;
  isOpen: boolean;
  onToggle: (isOpen: boolean) => void;
}

const SHOWN_FIRST = 8;
const SHOWN_MAX = 200;

/** One facet. Click: only this value; Shift: this one too; Alt: without it. */
export function FacetGroup({ field, label, counts, search, onSearch, isOpen, onToggle }: Props) {
  const [isAll, setAll] = useState(false);
  const selection = selectionOf(search, field);
  const isSelected = selection.only.length + selection.not.length > 0;
  const max = Math.max(1, ...counts.map((row) => row.count));
  const first = counts.slice(0, isAll ? SHOWN_MAX : SHOWN_FIRST);
  // What is chosen is in sight, however rare; the others keep their places.
  const chosen = new Set([...selection.only, ...selection.not]);
  const shown = [...first, ...counts.slice(first.length).filter((row) => chosen.has(row.value))];
  return (
    <section className={styles.group}>
      <div className={styles.groupHead}>
        <button type="button" className={styles.groupName} aria-expanded={isOpen} onClick={() => onToggle(!isOpen)}>
          {isOpen ? <ChevronDown aria-hidden /> : <ChevronRight aria-hidden />}
          <span>{label}</span>
          {!isOpen && <span className={styles.groupCount}>{counts.length}</span>}
        </button>
        {isSelected && (
          <button type="button" className={styles.reset} onClick={() => onSearch(withSelection(search, field, { only: [], not: [] }))}>
            Clear
          </button>
        )}
      </div>
      {isOpen && (
        <ul>
          {shown.map((row) => (
            <li key={row.value}>
              <FacetValue
                row={row}
                share={row.count / max}
                state={selection.not.includes(row.value) ? 'not' : selection.only.includes(row.value) ? 'only' : isSelected && selection.only.length > 0 ? 'other' : 'plain'}
                onClick={(event) => onSearch(clickFacet(search, field, row.value, clickOf(event)))}
              />
            </li>
          ))}
          {counts.length > SHOWN_FIRST && (
            <li>
              <button type="button" className={styles.more} onClick={() => setAll(!isAll)}>
                {isAll ? 'Show fewer' : `Show ${Math.min(counts.length, SHOWN_MAX) - SHOWN_FIRST} more`}
              </button>
            </li>
          )}
        </ul>
      )}
    </section>
  );
}

interface ValueProps {
  row: FacetCount;
  /** Of the largest count. */
  share: number;
  state: 'plain' | 'only' | 'not' | 'other';
  onClick: (event: { shiftKey: boolean; altKey: boolean }) => void;
}

function FacetValue({ row, share, state, onClick }: ValueProps) {
  const text = row.value === '' ? '(empty)' : row.value;
  return (
    <button
      type="button"
      className={cx(styles.value, styles[state])}
      style={{ '--share': `${(share * 100).toFixed(1)}%` } as CSSProperties}
      aria-pressed={state === 'only' || state === 'not'}
      title={`${text}\nClick: only · Shift: also · Alt: exclude`}
      onClick={onClick}
    >
      <span className={styles.mark}>{state === 'not' && <Minus aria-label="excluded" />}</span>
      <span className={styles.valueText}>{text}</span>
      <span className={styles.count}>{row.count.toLocaleString('en-US')}</span>
    </button>
  );
}
