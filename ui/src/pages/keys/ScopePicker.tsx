/** What an application key may do: all that its owner may, or the scopes that are chosen. */
import { Search } from 'lucide-react';
import { useState } from 'react';

import { Input, Skeleton, Tabs } from '../../components';
import { useScopes } from './data';
import styles from './keys.module.css';

interface Props {
  value: readonly string[] | null;
  onChange: (scopes: readonly string[] | null) => void;
}

export function ScopePicker({ value, onChange }: Props) {
  const [typed, setTyped] = useState('');
  const isNarrow = value !== null;
  const scopes = useScopes(isNarrow);
  const wanted = typed.trim().toLowerCase();
  const fits = (scopes.data ?? []).filter(({ name, group, description }) => `${name} ${group} ${description}`.toLowerCase().includes(wanted));
  const groups = [...new Set(fits.map((scope) => scope.group))];
  const toggle = (name: string) => {
    const chosen = value ?? [];
    onChange(chosen.includes(name) ? chosen.filter((other) => other !== name) : [...chosen, name]);
  };
  return (
    <fieldset className={styles.scopes}>
      <legend>Scopes</legend>
      <Tabs
        label="What the key may do"
        kind="segment"
        value={isNarrow ? 'narrow' : 'all'}
        onChange={(id) => onChange(id === 'all' ? null : (value ?? []))}
        tabs={[
          { id: 'all', label: 'All its owner may do' },
          { id: 'narrow', label: 'Chosen scopes', ...(isNarrow ? { count: value.length } : {}) },
        ]}
      />
      {isNarrow && (
        <>
          <Input icon={<Search aria-hidden />} type="search" aria-label="Search scopes" placeholder="metrics_read, monitors, dashboards" value={typed} onChange={(event) => setTyped(event.currentTarget.value)} />
          <div className={styles.scopeList} tabIndex={0} role="group" aria-label="Scopes to choose from">
            {scopes.isPending && <Skeleton height={120} />}
            {groups.map((group) => (
              <section key={group}>
                <h4>{group}</h4>
                {fits
                  .filter((scope) => scope.group === group)
                  .map((scope) => (
                    <label key={scope.name} title={scope.description}>
                      <input type="checkbox" checked={value.includes(scope.name)} onChange={() => toggle(scope.name)} />
                      <code>{scope.name}</code>
                    </label>
                  ))}
              </section>
            ))}
            {scopes.data && fits.length === 0 && <p className={styles.faint}>No scope is called “{typed}”.</p>}
          </div>
        </>
      )}
    </fieldset>
  );
}
