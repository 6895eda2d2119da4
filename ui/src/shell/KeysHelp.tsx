import { useAllActions } from '../actions/registry';
import { Dialog } from '../components/Dialog';
import styles from './overlay.module.css';

/** The keys that work here. */
export function KeysHelp({ onClose }: { onClose: () => void }) {
  const actions = useAllActions().filter((action) => action.shortcut !== undefined);
  const groups = [...new Set(actions.map((action) => action.group))];
  return (
    <Dialog title="Keys of this page" onClose={onClose}>
      <div className={styles.keys}>
        {groups.map((group) => (
          <section key={group}>
            <h3 className={styles.group}>{group}</h3>
            <dl className={styles.keyList}>
              {actions
                .filter((action) => action.group === group)
                .map((action) => (
                  <div key={action.id} className={styles.keyRow}>
                    <dt>{action.label}</dt>
                    <dd>
                      <Keys text={action.shortcut ?? ''} />
                    </dd>
                  </div>
                ))}
            </dl>
          </section>
        ))}
      </div>
    </Dialog>
  );
}

/** `g m` and `Ctrl+K` as keys. */
export function Keys({ text }: { text: string }) {
  return (
    <span className={styles.keysOf}>
      {text.split(/ |\+(?=.)/).map((key, at) => (
        <kbd key={at}>{key}</kbd>
      ))}
    </span>
  );
}
