import { Link2 } from 'lucide-react';
import { useState, type FormEvent } from 'react';

import { Button, Field, Input, Select } from '../../components';
import dialog from '../dialogs/dialogs.module.css';
import type { Dashboard } from '../model';
import { EXPIRIES, expiryOf } from './expiry';
import styles from './share.module.css';

interface Props {
  dashboard: Dashboard;
  isFirst: boolean;
  onCreate: (settings: Record<string, unknown>, emails: readonly string[]) => Promise<void>;
}

const SPANS = [
  ['5m', 'Past 5 minutes'],
  ['15m', 'Past 15 minutes'],
  ['1h', 'Past hour'],
  ['4h', 'Past 4 hours'],
  ['1d', 'Past day'],
  ['1w', 'Past week'],
  ['1mo', 'Past month'],
].map(([value = '', label = '']) => ({ value, label }));

const TYPES = [
  { value: 'open', label: 'Everybody with the link' },
  { value: 'invite', label: 'Invited people' },
  { value: 'embed', label: 'Pages of other sites' },
];

const wordsOf = (text: string): string[] => text.split(/[\s,;]+/).filter((word) => word !== '');

function wrongEmail(list: readonly string[]): string | undefined {
  if (list.length === 0) return 'Nobody is named';
  const wrong = list.find((email) => !/^\S+@\S+$/.test(email));
  return wrong === undefined ? undefined : `${wrong} is no e-mail address`;
}

/** What a new link allows. */
export function NewShare({ dashboard, isFirst, onCreate }: Props) {
  const [type, setType] = useState('open');
  const [emails, setEmails] = useState('');
  const [sites, setSites] = useState('');
  const [days, setDays] = useState('');
  const [span, setSpan] = useState('1h');
  const [canChoose, setCanChoose] = useState(true);
  const [free, setFree] = useState<readonly string[]>([]);
  const [error, setError] = useState<string>();
  const [isBusy, setBusy] = useState(false);
  const variables = dashboard.template_variables ?? [];
  const list = wordsOf(emails);
  const domains = wordsOf(sites);
  const wrong = type === 'invite' ? wrongEmail(list) : type === 'embed' && domains.length === 0 ? 'No site is named' : undefined;
  const submit = async (event: FormEvent) => {
    event.preventDefault();
    if (wrong !== undefined) return setError(wrong);
    setBusy(true);
    setError(undefined);
    try {
      const selectable = variables.filter(({ name }) => free.includes(name)).map(({ name, prefix, available_values, defaults }) => ({ name, prefix: prefix ?? '', ...(available_values?.length ? { visible_tags: available_values } : {}), default_values: defaults ?? ['*'] }));
      const settings = { share_type: type, expiration: expiryOf(days, Date.now()), global_time: { live_span: span }, global_time_selectable_enabled: canChoose, ...(selectable.length > 0 ? { selectable_template_vars: selectable } : {}), ...(type === 'invite' ? { share_list: list } : {}), ...(type === 'embed' ? { embeddable_domains: domains } : {}) };
      await onCreate(settings, type === 'invite' ? list : []);
      setEmails('');
      setSites('');
    } catch (failure) {
      setError(failure instanceof Error ? failure.message : String(failure));
    } finally {
      setBusy(false);
    }
  };
  return (
    <form className={styles.newShare} onSubmit={(event) => void submit(event)}>
      <h3>{isFirst ? 'Make a link' : 'Make another link'}</h3>
      <div className={styles.grid}>
        <Field label="For">
          {({ id }) => <Select id={id} options={TYPES} value={type} onChange={setType} />}
        </Field>
        <Field label="Ends">{({ id }) => <Select id={id} options={EXPIRIES} value={days} onChange={setDays} />}</Field>
        <Field label="Time shown">{({ id }) => <Select id={id} options={SPANS} value={span} onChange={setSpan} />}</Field>
      </div>
      {type === 'invite' && (
        <Field label="E-mail addresses" help="Each gets a link of their own">
          {({ id, describedBy }) => <textarea id={id} aria-describedby={describedBy} className={styles.area} rows={2} value={emails} placeholder="ada@example.com, bob@example.com" onChange={(event) => setEmails(event.currentTarget.value)} />}
        </Field>
      )}
      {type === 'embed' && (
        <Field label="Sites" help="Only their pages can show it in a frame">
          {({ id, describedBy }) => <Input id={id} aria-describedby={describedBy} mono value={sites} placeholder="wiki.example.com, https://*.example.org" onChange={(event) => setSites(event.currentTarget.value)} />}
        </Field>
      )}
      <label className={styles.check}>
        <input type="checkbox" checked={canChoose} onChange={(event) => setCanChoose(event.currentTarget.checked)} /> They can choose another time
      </label>
      {variables.length > 0 && (
        <fieldset className={styles.checks}>
          <legend>They can choose values of</legend>
          {variables.map(({ name }) => (
            <label key={name} className={styles.check}>
              <input type="checkbox" checked={free.includes(name)} onChange={() => setFree(free.includes(name) ? free.filter((one) => one !== name) : [...free, name])} /> ${name}
            </label>
          ))}
        </fieldset>
      )}
      {error && (
        <p role="alert" className={dialog.error}>
          {error}
        </p>
      )}
      <div className={dialog.actions}>
        <Button kind="primary" type="submit" icon={<Link2 />} busy={isBusy}>
          Make link
        </Button>
      </div>
    </form>
  );
}
