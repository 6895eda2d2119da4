/**
 * Around a widget's drawing: what is said while data loads, when there is none, when it could not
 * be had, and when its source is not served yet. A part that lacks is named over the rest.
 */
import { Hourglass, TriangleAlert } from 'lucide-react';
import type { ReactNode } from 'react';

import { ApiError } from '../../api/errors';
import { cx } from '../../util/cx';
import type { Answers } from '../query/ask';
import styles from './state.module.css';

interface Props {
  answers: Pick<Answers<{ partial?: string }>, 'parts' | 'isPending' | 'isOld' | 'refetch'>;
  /** Sources that are not served yet. */
  waits: readonly string[];
  isEmpty: boolean;
  /** Said beside the drawing. */
  notes?: readonly string[];
  children: ReactNode;
}

export function DataState({ answers, waits, isEmpty, notes = [], children }: Props) {
  const errors = distinct(answers.parts.flatMap(({ error }) => (error ? [messageOf(error)] : [])));
  const partial = distinct(answers.parts.flatMap(({ data }) => data?.partial ?? []));
  if (isEmpty) {
    if (errors.length > 0) return <Failed error={answers.parts.find(({ error }) => error)?.error} onRetry={answers.refetch} />;
    if (answers.isPending) return <Loading />;
    if (waits.length > 0) return <Waits sources={waits} />;
    return <NoData why={partial[0]} />;
  }
  const said = [...waits.map((source) => `Waits for ${source}`), ...partial.map((text) => `Partial: ${text}`), ...notes];
  return (
    <div className={styles.box}>
      <div className={cx(styles.content, answers.isOld && styles.old)}>{children}</div>
      {(said.length > 0 || errors.length > 0) && (
        <div className={styles.notes}>
          {errors.map((error) => (
            <span key={error} className={cx(styles.note, styles.failed)} role="status" title={error}>
              {error}
            </span>
          ))}
          {distinct(said).map((text) => (
            <span key={text} className={styles.note} title={text}>
              {text}
            </span>
          ))}
        </div>
      )}
    </div>
  );
}

/** A faint grid, as calm as what will come; quick answers never show it. */
export function Loading() {
  return (
    <div className={styles.loading} role="status" aria-label="Loading">
      {[1, 2, 3, 4].map((line) => (
        <span key={line} />
      ))}
    </div>
  );
}

/** The kind's own place stays; what it would show is not collected yet. */
export function Waits({ sources, children }: { sources: readonly string[]; children?: ReactNode }) {
  return (
    <div className={styles.place}>
      <div className={styles.nothing} title={`Waits for ${listed(sources)}`}>
        <Hourglass aria-hidden />
        <span>Waits for {listed(sources)}</span>
        <span className={cx(styles.why, styles.hint)}>{children ?? 'Not collected here yet. The widget is kept as it is and draws once data arrives.'}</span>
      </div>
    </div>
  );
}

export function NoData({ why }: { why?: string | undefined }) {
  return (
    <div className={styles.place}>
      <div className={styles.nothing} title={why}>
        <span>No data</span>
        {why && <span className={cx(styles.why, styles.hint)}>{why}</span>}
      </div>
    </div>
  );
}

export function Failed({ error, onRetry }: { error: unknown; onRetry?: () => void }) {
  return (
    <div className={styles.nothing} role="alert">
      <TriangleAlert className={styles.alert} aria-hidden />
      <span className={styles.why}>{messageOf(error)}</span>
      {error instanceof ApiError && error.hint && <span className={styles.why}>{error.hint}</span>}
      {onRetry && (
        <button type="button" className={styles.again} onClick={onRetry}>
          Try again
        </button>
      )}
    </div>
  );
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

function distinct(texts: readonly string[]): string[] {
  return [...new Set(texts)];
}

function listed(names: readonly string[]): string {
  return names.length < 2 ? (names[0] ?? 'data') : `${names.slice(0, -1).join(', ')} and ${names.at(-1) ?? ''}`;
}
