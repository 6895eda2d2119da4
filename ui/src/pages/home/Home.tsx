/**
 * `/`: what is up, what needs attention, what happened last. A server that has nothing yet shows
 * how to begin instead, until the first data arrives.
 */
import { lazy, Suspense } from 'react';

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

/** Charts come along with it. */
const HomeGraphs = lazy(() => import('./HomeGraphs'));
const NO_METRICS: readonly string[] = [];

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
            <div className={styles.column}>
              <HomeMap />
              <Suspense fallback={<Skeleton height="clamp(232px, 25vh, 376px)" />}>
                <HomeGraphs active={metrics.data ?? NO_METRICS} />
              </Suspense>
            </div>
            <div className={styles.column}>
              <AttentionList intake={rate.intake.data} />
              <LastEvents />
              <Shortcuts />
            </div>
          </div>
        </div>
      )}
    </Page>
  );
}
