/** Links for people without an account: who may open them, until when, and what they may choose. */
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';

import { queryClient } from '../../api';
import { Dialog, ErrorState, SkeletonRows, toast } from '../../components';
import dialog from '../dialogs/dialogs.module.css';
import type { Dashboard } from '../model';
import { createShare, invite, sharesOf, type PublicShare } from './api';
import { NewShare } from './NewShare';
import styles from './share.module.css';
import { ShareRow } from './ShareRow';

interface Props {
  dashboard: Dashboard;
  onClose: () => void;
}

export default function PublicDialog({ dashboard, onClose }: Props) {
  const key = ['public-shares', dashboard.id];
  const found = useQuery({ queryKey: key, queryFn: ({ signal }) => sharesOf(dashboard.id, signal), retry: false });
  // Their links are shown once: only they can open what they are invited to.
  const [links, setLinks] = useState<ReadonlyMap<string, string>>(new Map());
  const put = (change: (old: PublicShare[]) => PublicShare[]) => queryClient.setQueryData<PublicShare[]>(key, (old) => change(old ?? []));
  const create = async (settings: Record<string, unknown>, emails: readonly string[]) => {
    const made = await createShare({ dashboard_id: dashboard.id, dashboard_type: 'custom_timeboard', ...settings });
    if (emails.length > 0) setLinks(await invite(made.token, emails));
    put((old) => [...old, made]);
    toast('The link is made');
  };
  const shares = found.data ?? [];
  return (
    <Dialog title={`Share ${dashboard.title}`} onClose={onClose}>
      <div className={dialog.body}>
        <p className={dialog.text}>Whoever has a public link reads this dashboard without an account, and nothing else.</p>
        {found.isPending && <SkeletonRows rows={2} />}
        {found.error ? <ErrorState error={found.error} onRetry={() => void found.refetch()} /> : null}
        {shares.length > 0 && (
          <ul className={styles.shares} aria-label="Links">
            {shares.map((share) => (
              <ShareRow
                key={share.token}
                share={share}
                links={links}
                onChange={(next) => put((old) => old.map((one) => (one.token === next.token ? next : one)))}
                onRevoke={() => put((old) => old.filter((one) => one.token !== share.token))}
              />
            ))}
          </ul>
        )}
        <NewShare dashboard={dashboard} isFirst={shares.length === 0} onCreate={create} />
      </div>
    </Dialog>
  );
}
