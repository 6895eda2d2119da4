import styles from './skeleton.module.css';

/** A grey shape where something will be. Give it the final size. */
export function Skeleton({ width = '100%', height = 12 }: { width?: number | string; height?: number | string }) {
  return <span className={styles.skeleton} style={{ width, height }} aria-hidden />;
}

/** Rows of a table that loads. */
export function SkeletonRows({ rows = 8, height = 28 }: { rows?: number; height?: number }) {
  return (
    <div role="status" aria-label="Loading">
      {Array.from({ length: rows }, (_, at) => (
        <div key={at} className={styles.row} style={{ height }}>
          <Skeleton width={`${35 + ((at * 37) % 50)}%`} />
        </div>
      ))}
    </div>
  );
}
