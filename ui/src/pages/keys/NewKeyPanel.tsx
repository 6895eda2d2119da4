/** Makes a key and tells its value once. */
import { useState, type FormEvent } from 'react';
import { Link } from '@tanstack/react-router';

import { ApiError } from '../../api';
import { Button, CodeBlock, SidePanel, TextField } from '../../components';
import { useCreateKey, type KeyKind } from './data';
import styles from './keys.module.css';
import { ScopePicker } from './ScopePicker';
import { WORDS } from './words';

export function NewKeyPanel({ kind, onClose }: { kind: KeyKind; onClose: () => void }) {
  const words = WORDS[kind];
  const [name, setName] = useState('');
  const [scopes, setScopes] = useState<readonly string[] | null>(null);
  const [isTried, setTried] = useState(false);
  const create = useCreateKey(kind);
  const problem = isTried && name.trim() === '' ? 'Name is required' : undefined;
  const isUnscoped = scopes !== null && scopes.length === 0;
  const submit = (event: FormEvent) => {
    event.preventDefault();
    setTried(true);
    if (name.trim() !== '' && !isUnscoped) create.mutate({ name: name.trim(), ...(scopes ? { scopes } : {}) });
  };
  if (create.data) return <Issued kind={kind} name={create.data.name} value={create.data.value} onClose={onClose} />;
  return (
    <SidePanel title={`New ${words.one}`} label={`New ${words.one}`} onClose={onClose}>
      <form className={styles.form} onSubmit={submit} noValidate>
        <TextField label="Name" autoFocus required value={name} error={problem} help="What uses it, so that whoever comes later knows: web-fleet, terraform." onChange={(event) => setName(event.currentTarget.value)} />
        {kind === 'application' && <ScopePicker value={scopes} onChange={setScopes} />}
        {isTried && isUnscoped && (
          <p role="alert" className={styles.problem}>
            Choose at least one scope, or let the key do what you may do.
          </p>
        )}
        {create.error && (
          <p role="alert" className={styles.problem}>
            {create.error.message} {create.error instanceof ApiError ? create.error.hint : ''}
          </p>
        )}
        <div className={styles.buttons}>
          <Button kind="primary" type="submit" busy={create.isPending}>
            Create Key
          </Button>
          <Button onClick={onClose}>Cancel</Button>
        </div>
      </form>
    </SidePanel>
  );
}

function Issued({ kind, name, value, onClose }: { kind: KeyKind; name: string; value: string; onClose: () => void }) {
  return (
    <SidePanel title={name} label={`New ${WORDS[kind].one}`} onClose={onClose}>
      <div className={styles.form}>
        <p>
          The key is ready.{' '}
          <strong>{kind === 'api' ? 'Copy it now and keep it safe.' : 'Copy it now: it is not shown again.'}</strong>
        </p>
        <CodeBlock code={value} label="Copy key" />
        {kind === 'api' && (
          <p className={styles.faint}>
            <Link to={'/account/settings/agent' as never}>Install an agent with it</Link>
          </p>
        )}
        <div className={styles.buttons}>
          <Button onClick={onClose}>Done</Button>
        </div>
      </div>
    </SidePanel>
  );
}
