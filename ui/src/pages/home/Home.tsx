/**
 * `/`: what is up, what needs attention, what happened last. A server that has nothing yet shows
 * how to begin instead, until the first data arrives.
 */
import { Skeleton } from '../../components';
import { Page } from '../../shell';
import { useActiveMetrics } from '../infrastructure/data/values';
import { AttentionList } from './AttentionList';
import { usePointRate } from './data';
import { Figures } from './Figures';
import styles from './home.module.css';
import { HomeMap } from './HomeMap';
import { LastEvents } from './LastEvents';
import { SetUp } from './SetUp';
import { Shortcuts } from './Shortcuts';

export default function Home() {
  const rate = usePointRate();
  const metrics = useActiveMetrics();
  // A server that forgot its counts by a restart still has its metrics.
  const isKnown = metrics.data !== undefined || metrics.error;
  const isEmpty = metrics.data?.length === 0;
  return (
    <Page title="Home">
      {!isKnown ? (
        <div className={styles.home} role="status" aria-label="Loading">
          <Skeleton height={64} />
          <Skeleton height={320} />
        </div>
      ) : isEmpty ? (
        <SetUp />
      ) : (
        <div className={styles.home}>
          <Figures rate={rate} metricCount={metrics.data?.length} />
          <div className={styles.columns}>
            <HomeMap />
            <AttentionList intake={rate.intake.data} />
            <LastEvents />
            <Shortcuts />
          </div>
        </div>
      )}
    </Page>
  );
}
