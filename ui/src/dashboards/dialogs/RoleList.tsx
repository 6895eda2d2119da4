import { Search } from 'lucide-react';
import { useState } from 'react';

import { Input } from '../../components';
import type { Role } from '../use-roles';
import styles from './dialogs.module.css';

interface Props {
  roles: readonly Role[];
  /** Of the person who chooses. */
  mine: readonly string[];
  chosen: ReadonlySet<string>;
  onChange: (chosen: ReadonlySet<string>) => void;
}

/** So many are seen at a glance. */
const SEARCH_FROM = 9;

/** Roles to choose; what is chosen and no longer there is shown as well, to be taken away. */
export function RoleList({ roles, mine, chosen, onChange }: Props) {
  const [search, setSearch] = useState('');
  const gone = [...chosen].filter((id) => !roles.some((role) => role.id === id)).map((id) => ({ id, name: `${id} (deleted)`, people: 0 }));
  const word = search.trim().toLowerCase();
  const shown = [...gone, ...roles].filter(({ name }) => name.toLowerCase().includes(word));
  const toggle = (id: string) => {
    const next = new Set(chosen);
    if (!next.delete(id)) next.add(id);
    onChange(next);
  };
  return (
    <div className={styles.roles}>
      {roles.length >= SEARCH_FROM && <Input icon={<Search />} aria-label="Find a role" placeholder="Find a role" value={search} onChange={(event) => setSearch(event.currentTarget.value)} />}
      <ul aria-label="Roles">
        {shown.map(({ id, name, people }) => (
          <li key={id}>
            <label>
              <input type="checkbox" checked={chosen.has(id)} onChange={() => toggle(id)} />
              <span>{name}</span>
              {mine.includes(id) && <em>Yours</em>}
              <small>{people === 1 ? '1 person' : `${people} people`}</small>
            </label>
          </li>
        ))}
        {shown.length === 0 && <li className={styles.text}>No role is called “{search.trim()}”.</li>}
      </ul>
    </div>
  );
}
