import { PivotMenu, type PivotOf } from './pivot';
import styles from './tag.module.css';

/** A tag that opens its pivot menu. */
export function Tag({ text, ...of }: PivotOf) {
  const colon = text.indexOf(':');
  return (
    <PivotMenu text={text} {...of}>
      <button type="button" className={styles.tag}>
        {colon > 0 && <span className={styles.key}>{text.slice(0, colon + 1)}</span>}
        {text.slice(colon + 1)}
      </button>
    </PivotMenu>
  );
}

/** Tags beside each other. */
export function Tags({ tags, ...of }: { tags: readonly string[] } & Omit<PivotOf, 'text'>) {
  return (
    <span className={styles.tags}>
      {tags.map((text) => (
        <Tag key={text} text={text} {...of} />
      ))}
    </span>
  );
}
