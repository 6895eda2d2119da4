import { Link } from '@tanstack/react-router';
import { useMemo } from 'react';

import { Skeleton, Status } from '../../components';
import { useTime } from '../../time';
import { useHosts } from '../infrastructure/data/hosts';
import { useTop } from '../infrastructure/data/top';
import type { IntakeAnswer } from '../intake/data';
import { attentions } from './attention';
import { useFailingChecks } from './data';
import styles from './home.module.css';

const DISKS = { query: 'max:system.disk.in_use{*} by {host,device}', formula: '100 * a', count: 20 };
const SHOWN_MAX = 12;

/** What needs a look now, the worst first. */
export function AttentionList({ intake }: { intake: IntakeAnswer | undefined }) {
  const { range } = useTime();
  const hosts = useHosts(range);
  const checks = useFailingChecks();
  const disks = useTop(DISKS, range);
  const found = useMemo(
    () => attentions({ hosts: hosts.data ?? [], checks: checks.data ?? [], disks: disks.data ?? [], intake, now: Date.now() }),
    [hosts.data, checks.data, disks.data, intake],
  );
  const isLoading = [hosts, checks, disks].some(({ isPending, error }) => isPending && !error);
  const failed = [hosts.error, checks.error, disks.error].find((error) => error !== null);
  return (
    <section className={styles.part} aria-labelledby="home-attention">
      <h2 id="home-attention" className={styles.heading}>
        Needs attention
        {found.length > 0 && <span className={styles.count}>{found.length}</span>}
      </h2>
      {isLoading && found.length === 0 && (
        <div className={styles.lines} role="status" aria-label="Loading">
          <Skeleton width="70%" height={16} />
          <Skeleton width="55%" height={16} />
        </div>
      )}
      {!isLoading && !failed && found.length === 0 && (
        <p className={styles.calm}>
          <Status state="ok" text="Nothing: all hosts report, no check fails, no disk is nearly full, nothing is refused." />
        </p>
      )}
      <ul>
        {found.slice(0, SHOWN_MAX).map(({ id, state, title, detail, to, search }) => (
          <li key={id}>
            <Link to={to as never} search={search as never} className={styles.item}>
              <Status state={state} iconOnly />
              <span className={styles.itemTitle}>{title}</span>
              <span className={styles.itemDetail} title={detail}>
                {detail}
              </span>
            </Link>
          </li>
        ))}
      </ul>
      {found.length > SHOWN_MAX && <p className={styles.none}>and {found.length - SHOWN_MAX} more</p>}
      {failed && (
        <p className={styles.none}>
          <Status state="alert" text={`Not all could be looked at: ${failed.message}`} />
        </p>
      )}
    </section>
  );
}
