/** One key: its name, use, scopes, and its end. */
import { useMutation } from '@tanstack/react-query';
import { Eye } from 'lucide-react';
import { useState, type FormEvent } from 'react';

import { Button, CodeBlock, SidePanel, TextField, toast } from '../../components';
import { fullText } from '../../time/format';
import { useTime } from '../../time/time-context';
import { Masked, Used } from './columns';
import { readKeyValue, useUpdateKey, type KeyKind, type KeyRow } from './data';
import styles from './keys.module.css';
import { RevokeDialog } from './RevokeDialog';
import { ScopePicker } from './ScopePicker';
import { WORDS } from './words';

export function KeyPanel({ kind, row, onClose }: { kind: KeyKind; row: KeyRow; onClose: () => void }) {
  const [isRevoking, setRevoking] = useState(false);
  const { zone } = useTime();
  return (
    <SidePanel title={row.name} label={WORDS[kind].one} onClose={onClose}>
      <div className={styles.form}>
        <dl className={styles.meta}>
          <dt>Key</dt>
          <dd>{kind === 'api' ? <Reveal row={row} /> : <Masked last4={row.last4} />}</dd>
          <dt>Key ID</dt>
          <dd>
            <code>{row.id}</code>
          </dd>
          <dt>Created</dt>
          <dd>{fullText(row.created, zone)}</dd>
          {row.modified !== undefined && row.modified !== row.created && (
            <>
              <dt>Modified</dt>
              <dd>{fullText(row.modified, zone)}</dd>
            </>
          )}
          <dt>Last used</dt>
          <dd>
            <Used at={row.lastUsed} />
          </dd>
          <dt>{WORDS[kind].owner}</dt>
          <dd>{row.owner || '—'}</dd>
        </dl>
        <Edit key={`${row.name} ${row.scopes?.join() ?? ''}`} kind={kind} row={row} />
        <section className={styles.danger}>
          <div>
            <h3>Revoke</h3>
            <p className={styles.faint}>{WORDS[kind].revoked} This cannot be undone.</p>
          </div>
          <Button kind="danger" onClick={() => setRevoking(true)}>
            Revoke Key
          </Button>
        </section>
      </div>
      {isRevoking && <RevokeDialog kind={kind} row={row} onDone={onClose} onClose={() => setRevoking(false)} />}
    </SidePanel>
  );
}

/** The value of an API key can be shown again to who may read keys. */
function Reveal({ row }: { row: KeyRow }) {
  const read = useMutation({ mutationFn: () => readKeyValue(row.id) });
  if (read.data) return <CodeBlock code={read.data} label="Copy key" />;
  return (
    <span className={styles.reveal}>
      <Masked last4={row.last4} />
      <Button kind="ghost" icon={<Eye />} busy={read.isPending} onClick={() => read.mutate()}>
        Show
      </Button>
      {read.error && <span role="alert">{read.error.message}</span>}
    </span>
  );
}

function Edit({ kind, row }: { kind: KeyKind; row: KeyRow }) {
  const [name, setName] = useState(row.name);
  const [scopes, setScopes] = useState(row.scopes);
  const update = useUpdateKey(kind);
  const isRenamed = name.trim() !== row.name;
  const isRescoped = scopes?.join() !== row.scopes?.join();
  const submit = (event: FormEvent) => {
    event.preventDefault();
    const change = { ...(isRenamed ? { name: name.trim() } : {}), ...(isRescoped ? { scopes } : {}) };
    update.mutate({ id: row.id, ...change }, { onSuccess: () => toast('Key saved') });
  };
  const canSave = (isRenamed || isRescoped) && name.trim() !== '' && scopes?.length !== 0;
  return (
    <form onSubmit={submit} className={styles.form}>
      <TextField
        label="Name"
        value={name}
        error={update.error?.message ?? (name.trim() === '' ? 'Name is required' : undefined)}
        help={isRenamed ? `Was ${row.name}` : undefined}
        onChange={(event) => setName(event.currentTarget.value)}
      />
      {kind === 'application' && <ScopePicker value={scopes} onChange={setScopes} />}
      <div className={styles.buttons}>
        <Button kind={canSave ? 'primary' : 'plain'} type="submit" disabled={!canSave} busy={update.isPending}>
          Save
        </Button>
      </div>
    </form>
  );
}
