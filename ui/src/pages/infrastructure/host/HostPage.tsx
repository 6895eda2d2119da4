/** `/infrastructure/host/<name>`: all that is known of one host. */
import { useParams as usePathParams } from '@tanstack/react-router';

import { ErrorState, Skeleton, SkeletonRows } from '../../../components';
import { Page } from '../../../shell';
import { useHost } from '../data/hosts';
import { HostActions } from './HostActions';
import { HostChecks } from './HostChecks';
import { HostGraphs } from './HostGraphs';
import { HostHead } from './HostHead';
import { HostMachine } from './HostMachine';
import { HostTags } from './HostTags';
import styles from './host.module.css';

const CRUMBS = [
  { label: 'Infrastructure', to: '/infrastructure/map' },
  { label: 'Host list', to: '/infrastructure' },
];

export default function HostPage() {
  const { name = '' } = usePathParams({ strict: false }) as { name?: string };
  const host = useHost(name);
  return (
    <Page title={name} crumbs={CRUMBS} time buttons={host.data && <HostActions host={host.data} />}>
      {host.error && !host.data ? (
        <ErrorState error={host.error} onRetry={() => void host.refetch()} />
      ) : (
        <div className={styles.page}>
          <div className={styles.facts}>{host.data ? <HostHead host={host.data} /> : <Skeleton width={320} height={16} />}</div>
          <div className={styles.main}>
            <HostGraphs name={name} />
          </div>
          <div className={styles.side}>
            {host.data ? (
              <>
                <h2>Tags</h2>
                <HostTags host={host.data} />
                <h2>Checks</h2>
                <HostChecks host={host.data} />
                <h2>Machine</h2>
                <HostMachine host={host.data} />
              </>
            ) : (
              <SkeletonRows />
            )}
          </div>
        </div>
      )}
    </Page>
  );
}
