/** Which key and which address stand in the commands. */
import { useQuery } from '@tanstack/react-query';
import { Eye, EyeOff, Plus } from 'lucide-react';
import { useEffect, useState } from 'react';

import { Button, CopyButton, Field, IconButton, Select, TextField, toast } from '../../components';
import { useParam } from '../../util/url-state';
import { readKeyValue, useCreateKey, useKeys } from '../keys/data';
import { cleanUrl, isLoopback } from './commands';
import styles from './install.module.css';

interface Props {
  address: string;
  /** Only where the commands have one. */
  site: string | undefined;
  onAddress: (address: string) => void;
  onSite: (site: string) => void;
  onKey: (key: string | undefined) => void;
}

export function KeyAndAddress({ address, site, onAddress, onSite, onKey }: Props) {
  const isBad = cleanUrl(address) === undefined;
  return (
    <section className={styles.inputs} aria-label="Key and address in the commands">
      <KeyField onKey={onKey} />
      <TextField
        label="Address of this server"
        mono
        value={address}
        error={isBad ? 'Expected an address such as http://10.0.0.5:8127' : undefined}
        help={isLoopback(address) ? 'Only this machine reaches it.' : 'As the sender reaches it.'}
        onChange={(event) => onAddress(event.currentTarget.value)}
      />
      {site !== undefined && <TextField label="Site" mono value={site} help="Your own domain, whose names lead here." onChange={(event) => onSite(event.currentTarget.value)} />}
    </section>
  );
}

function KeyField({ onKey }: { onKey: (key: string | undefined) => void }) {
  const keys = useKeys('api');
  const create = useCreateKey('api');
  const [wanted, setWanted] = useParam('key');
  const [isShown, setShown] = useState(false);
  const rows = keys.data ?? [];
  const chosen = rows.find((row) => row.id === wanted) ?? rows[0];
  const value = useQuery({
    queryKey: ['key value', chosen?.id],
    queryFn: ({ signal }) => readKeyValue(chosen?.id ?? '', signal),
    enabled: chosen !== undefined,
    staleTime: Infinity,
    gcTime: 0,
  });
  const known = value.data;
  useEffect(() => onKey(known), [known, onKey]);

  const make = () =>
    create.mutate(
      { name: `agents ${new Date().toISOString().slice(0, 10)}` },
      {
        onSuccess: (key) => {
          setWanted(key.id);
          toast(`Made the key ${key.name}`);
        },
        onError: (error) => toast(error.message, { isError: true }),
      },
    );
  const problem = keys.error ?? value.error;
  const help = problem ? `${problem.message}: put your key in place of $DD_API_KEY.` : known ? (isShown ? known : `${'•'.repeat(8)}${known.slice(-4)}`) : rows.length === 0 && keys.data ? 'There is no key yet: make one.' : '';
  return (
    <Field label="API key" help={<code>{help}</code>}>
      {({ id, describedBy }) => (
        <span className={styles.keyRow}>
          <Select
            id={id}
            aria-describedby={describedBy}
            value={chosen?.id ?? ''}
            disabled={rows.length === 0}
            onChange={(next) => setWanted(next)}
            options={rows.map((row) => ({ value: row.id, label: `${row.name} (${row.last4})` }))}
          />
          <IconButton label={isShown ? 'Hide the key' : 'Show the key'} icon={isShown ? <EyeOff /> : <Eye />} disabled={!known} onClick={() => setShown(!isShown)} />
          <CopyButton text={known ?? ''} label="Copy the key" />
          <Button kind="ghost" icon={<Plus />} busy={create.isPending} onClick={make}>
            New
          </Button>
        </span>
      )}
    </Field>
  );
}
