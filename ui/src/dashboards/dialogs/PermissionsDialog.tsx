/** Who may change a dashboard. Everybody who reads dashboards reads it in any case. */
import { TriangleAlert } from 'lucide-react';
import { useState, type FormEvent } from 'react';

import { Button, Dialog, ErrorState, SkeletonRows } from '../../components';
import type { Dashboard } from '../model';
import { readOnlyReason, rulesOf, whoOf, type Person, type Who } from '../permission';
import { useMyRoles, useRoles } from '../use-roles';
import styles from './dialogs.module.css';
import { RoleList } from './RoleList';

interface Props {
  dashboard: Dashboard;
  /** Who looks at it. */
  person: Person | undefined;
  onSave: (patch: Partial<Dashboard>) => void;
  onClose: () => void;
}

const CHOICES: readonly [Who, string, string][] = [
  ['everyone', 'Everyone', 'Whoever may change dashboards'],
  ['roles', 'Only these roles', 'Whoever holds one of them'],
  ['author', 'Only the author', 'Everybody else reads and clones it'],
];

export function PermissionsDialog({ dashboard, person, onSave, onClose }: Props) {
  const [who, setWho] = useState<Who>(() => whoOf(dashboard));
  const [chosen, setChosen] = useState<ReadonlySet<string>>(() => new Set(dashboard.restricted_roles ?? []));
  const roles = useRoles(true);
  const mine = useMyRoles(true);
  const patch = rulesOf(dashboard, who, [...chosen]);
  const isNobody = who === 'roles' && chosen.size === 0;
  const locksOut = !isNobody && person !== undefined && readOnlyReason({ ...dashboard, ...patch }, { ...person, roles: mine ?? person.roles }, false) !== undefined;
  const isSame = Object.keys(patch).length === 0;
  const save = (event: FormEvent) => {
    event.preventDefault();
    if (isNobody) return;
    if (!isSame) onSave(patch);
    onClose();
  };
  return (
    <Dialog title="Edit permissions" onClose={onClose}>
      <form className={styles.body} onSubmit={save}>
        <p className={styles.text}>Who may change, restrict and delete this dashboard. The author and those who manage access always may.</p>
        <div className={styles.choice} role="radiogroup" aria-label="Who may change it">
          {CHOICES.map(([id, label, help]) => (
            <label key={id}>
              <input type="radio" name="who" checked={who === id} onChange={() => setWho(id)} />
              <span>
                {label}
                <small>{id === 'author' && dashboard.author_handle ? `${dashboard.author_handle}; everybody else reads and clones it` : help}</small>
              </span>
            </label>
          ))}
        </div>
        {who === 'roles' && roles.isPending && <SkeletonRows rows={3} />}
        {who === 'roles' && roles.error ? <ErrorState error={roles.error} onRetry={() => void roles.refetch()} /> : null}
        {who === 'roles' && roles.data && <RoleList roles={roles.data} mine={mine ?? []} chosen={chosen} onChange={setChosen} />}
        {isNobody && <p className={styles.text}>Choose a role at least.</p>}
        {locksOut && (
          <p role="alert" className={styles.warning}>
            <TriangleAlert aria-hidden />
            You would lock yourself out: {who === 'author' ? 'you are not its author' : 'you hold none of these roles'}. Afterwards you can only read it.
          </p>
        )}
        <div className={styles.actions}>
          <Button onClick={onClose}>Cancel</Button>
          <Button kind={locksOut ? 'danger' : 'primary'} type="submit" disabled={isNobody || isSame}>
            {locksOut ? 'Save and lock me out' : 'Save'}
          </Button>
        </div>
      </form>
    </Dialog>
  );
}
