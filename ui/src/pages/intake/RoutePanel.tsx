/** One route: all its outcomes, and of each refusal the reason, the payload's head and what to do. */
import { Link } from '@tanstack/react-router';

import { CodeBlock, SidePanel } from '../../components';
import { agoText } from '../../time/format';
import { cx } from '../../util/cx';
import { Age } from './columns';
import type { OutcomeRow, RouteRow } from './data';
import { hintOf, reasonText } from './hints';
import styles from './intake.module.css';

export function RoutePanel({ row, now, onClose }: { row: RouteRow; now: number; onClose: () => void }) {
  return (
    <SidePanel
      title={
        <>
          {row.what} <code className={styles.faint}>{row.route}</code>
        </>
      }
      label={`Route ${row.route}`}
      onClose={onClose}
    >
      <div className={styles.panel}>
        <dl className={styles.facts}>
          <Fact label="Accepted" n={row.accepted} at={row.lastAccepted} />
          <Fact label="Refused" n={row.refused} at={row.lastRefused} />
          <Fact label="Discarded" n={row.discarded} at={row.lastDiscarded} />
        </dl>
        {row.problems.length === 0 && <p className={styles.faint}>Nothing was refused on this route since the server started.</p>}
        {row.problems.map((problem) => (
          <Problem key={`${problem.outcome} ${problem.reason}`} problem={problem} now={now} />
        ))}
      </div>
    </SidePanel>
  );
}

function Fact({ label, n, at }: { label: string; n: number; at: number | undefined }) {
  return (
    <div>
      <dt>{label}</dt>
      <dd>{n.toLocaleString('en-US')}</dd>
      <dd className={styles.faint}>
        <Age at={at} />
      </dd>
    </div>
  );
}

function Problem({ problem, now }: { problem: OutcomeRow; now: number }) {
  const hint = hintOf(problem.reason, problem.outcome);
  const tone = problem.outcome === 'discarded' ? styles.warn : styles.alert;
  return (
    <section className={styles.problem}>
      <h3>
        <span className={cx(tone, styles.strong)}>{reasonText(problem.reason)}</span>
        <span className={styles.faint}>
          {problem.outcome.replace('_', ' ')} · {problem.count.toLocaleString('en-US')} · {agoText(problem.last_seen, now)}
        </span>
      </h3>
      <p>{hint.what}</p>
      <p>
        <strong>What to do:</strong> {hint.then} {hint.link && <Link to={hint.link.to as never}>{hint.link.label}</Link>}
      </p>
      {problem.sample && (
        <>
          <h4>The last message</h4>
          <p className={styles.said}>{problem.sample.message}</p>
          {problem.sample.payload !== '' && (
            <>
              <h4>Head of its payload, keys masked</h4>
              <CodeBlock code={problem.sample.payload} label="Copy payload" />
            </>
          )}
        </>
      )}
    </section>
  );
}
