/** Says that a dashboard is only read, why, and who may change it; or that only some may. */
import { CopyPlus, Lock, ShieldCheck } from 'lucide-react';

import { Button, Popover } from '../../components';
import type { Dashboard } from '../../dashboards/model';
import { whoOf } from '../../dashboards/permission';
import { useRoles } from '../../dashboards/use-roles';
import { cx } from '../../util/cx';
import styles from './dashboard.module.css';

interface Props {
  dashboard: Dashboard;
  isPreset: boolean;
  /** Why it can only be read; undefined when it is restricted and this person may. */
  reason: string | undefined;
  onClone: () => void;
  onPermissions: () => void;
}

export function ReadOnly({ dashboard, isPreset, reason, onClone, onPermissions }: Props) {
  const who = whoOf(dashboard);
  const isOfRoles = !isPreset && who === 'roles';
  const roles = useRoles(isOfRoles);
  const names = (dashboard.restricted_roles ?? []).map((id) => roles.data?.find((role) => role.id === id)?.name ?? id);
  const text = isPreset ? 'Preset' : reason === undefined ? 'Restricted' : 'Read only';
  return (
    <Popover
      label="Who may change it"
      align="end"
      trigger={
        <button type="button" className={cx(styles.readOnly, reason === undefined && styles.restricted)} aria-label={`${text}: who may change it`}>
          {reason === undefined ? <ShieldCheck aria-hidden /> : <Lock aria-hidden />}
          {reason !== undefined && text}
        </button>
      }
    >
      <div className={styles.who}>
        <p>{reason ?? 'Only some may change this dashboard; you are one of them.'}</p>
        {!isPreset && who !== 'everyone' && (
          <dl>
            <dt>Who may change it</dt>
            {isOfRoles && names.map((name) => <dd key={name}>{name}</dd>)}
            <dd>{dashboard.author_name || dashboard.author_handle || 'Its author'} (author)</dd>
            <dd>Whoever manages access</dd>
          </dl>
        )}
        <div className={styles.whoActions}>
          {reason === undefined ? (
            <Button onClick={onPermissions}>Edit permissions…</Button>
          ) : (
            <Button icon={<CopyPlus />} onClick={onClone}>
              Clone it
            </Button>
          )}
        </div>
      </div>
    </Popover>
  );
}
