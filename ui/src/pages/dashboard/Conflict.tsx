import { Button } from '../../components';
import styles from './dashboard.module.css';

/** Somebody else saved meanwhile: nothing is written before the person decides. */
export function Conflict({ onMine, onTheirs }: { onMine: () => void; onTheirs: () => void }) {
  return (
    <div className={styles.conflict} role="alert">
      <span>This dashboard was changed elsewhere while you edited it. Your changes are not saved.</span>
      <Button onClick={onTheirs}>Show the other version</Button>
      <Button kind="danger" onClick={onMine}>
        Overwrite it with mine
      </Button>
    </div>
  );
}
