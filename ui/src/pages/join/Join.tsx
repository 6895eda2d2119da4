/** `/join/…`: who is invited chooses a password, and is signed in. */
import { useQuery } from '@tanstack/react-query';
import { useParams as useRouteParams, useRouter } from '@tanstack/react-router';
import { MailX } from 'lucide-react';
import { useEffect, useState, type FormEvent } from 'react';

import { api, queryClient, signIn } from '../../api';
import { Button, EmptyState, Skeleton, TextField } from '../../components';
import { useParams } from '../../util/url-state';
import styles from '../sign-in/sign-in.module.css';

interface Invitation {
  email: string;
  name?: string | null;
  org: string;
}

export default function Join() {
  const { token = '' } = useRouteParams({ strict: false }) as { token?: string };
  const { secret = '' } = useParams();
  const path = `/api/procyon/invitations/${encodeURIComponent(token)}?secret=${encodeURIComponent(secret)}`;
  const found = useQuery({ queryKey: ['invitation', token], queryFn: ({ signal }) => api.get<Invitation>(path, undefined, signal), staleTime: Infinity, retry: false });
  useEffect(() => {
    document.title = 'Join · Procyon';
  }, []);
  return (
    <main className={styles.page}>
      {found.data ? (
        <JoinForm path={path} invitation={found.data} />
      ) : found.error ? (
        <EmptyState icon={<MailX />} title="This link does not open the door" actions={<a href="/signin">Sign in</a>}>
          {found.error.message}
        </EmptyState>
      ) : (
        <Skeleton height={240} />
      )}
    </main>
  );
}

function JoinForm({ path, invitation }: { path: string; invitation: Invitation }) {
  const router = useRouter();
  const [name, setName] = useState(invitation.name ?? '');
  const [password, setPassword] = useState('');
  const [error, setError] = useState<string>();
  const [isBusy, setBusy] = useState(false);
  const submit = async (event: FormEvent) => {
    event.preventDefault();
    setBusy(true);
    setError(undefined);
    try {
      await api.post(path, { password, name });
      await signIn(invitation.email, password);
      queryClient.clear();
      router.history.replace('/');
    } catch (caught) {
      setError(caught instanceof Error ? caught.message : String(caught));
      setBusy(false);
    }
  };
  return (
    <form className={styles.form} onSubmit={(event) => void submit(event)}>
      <img src="/favicon.svg" alt="" width={40} height={40} />
      <h1>Join {invitation.org}</h1>
      <TextField label="E-mail" type="email" name="email" autoComplete="username" readOnly value={invitation.email} />
      <TextField label="Name" name="name" autoComplete="name" value={name} onChange={(event) => setName(event.currentTarget.value)} />
      <TextField label="Password" type="password" name="password" autoComplete="new-password" required minLength={8} autoFocus value={password} error={error} help="At least 8 characters." onChange={(event) => setPassword(event.currentTarget.value)} />
      <Button kind="primary" type="submit" busy={isBusy}>
        Join
      </Button>
    </form>
  );
}
