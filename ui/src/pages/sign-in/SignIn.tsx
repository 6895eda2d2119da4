/** E-mail and password; afterwards the page that was asked for. */
import { useRouter } from '@tanstack/react-router';
import { useEffect, useState, type FormEvent } from 'react';

import { queryClient, signIn } from '../../api';
import { Button, TextField } from '../../components';
import { useParam } from '../../util/url-state';
import styles from './sign-in.module.css';

export default function SignIn() {
  const router = useRouter();
  const [next] = useParam('next', '/');
  const [email, setEmail] = useState('');
  const [password, setPassword] = useState('');
  const [isBusy, setBusy] = useState(false);
  const [error, setError] = useState<string>();

  useEffect(() => {
    document.title = 'Sign in · Procyon';
  }, []);

  const submit = async (event: FormEvent) => {
    event.preventDefault();
    setBusy(true);
    setError(undefined);
    try {
      await signIn(email, password);
      queryClient.clear();
      router.history.replace(localOnly(next));
    } catch (caught) {
      setError(caught instanceof Error ? caught.message : String(caught));
      setBusy(false);
    }
  };
  return (
    <main className={styles.page}>
      <form className={styles.form} onSubmit={(event) => void submit(event)}>
        <img src="/favicon.svg" alt="" width={40} height={40} />
        <h1>Sign in to Procyon</h1>
        <TextField label="E-mail" type="email" name="email" autoComplete="username" autoFocus required value={email} onChange={(event) => setEmail(event.currentTarget.value)} />
        <TextField
          label="Password"
          type="password"
          name="password"
          autoComplete="current-password"
          required
          value={password}
          error={error}
          help="The first one is printed when the server starts."
          onChange={(event) => setPassword(event.currentTarget.value)}
        />
        <Button kind="primary" type="submit" busy={isBusy}>
          Sign in
        </Button>
      </form>
    </main>
  );
}

/** Only paths of this page: an address made by someone else must not lead elsewhere. */
export function localOnly(next: string): string {
  return /^\/(?![/\\])/.test(next) && !next.startsWith('/signin') ? next : '/';
}
