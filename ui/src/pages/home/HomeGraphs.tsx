import { Link } from '@tanstack/react-router';
import { useMemo } from 'react';

import { builtinGraphs } from '../infrastructure/data/graphs';
import { SystemGraph } from '../infrastructure/parts/SystemGraph';
import styles from './home.module.css';

const SHOWN = ['cpu', 'memory', 'network', 'load'];
const SHOWN_MAX = 2;

/** How all hosts together do. Nothing without system metrics. */
export default function HomeGraphs({ active }: { active: readonly string[] }) {
  const graphs = useMemo(() => {
    const known = builtinGraphs(active, '*');
    return SHOWN.flatMap((id) => known.find((graph) => graph.id === id) ?? []).slice(0, SHOWN_MAX);
  }, [active]);
  if (graphs.length === 0) return null;
  return (
    <section className={styles.part} aria-labelledby="home-graphs">
      <h2 id="home-graphs" className={styles.heading}>
        All hosts, the last hour
        <Link to={'/dashboard/system' as never}>System overview</Link>
      </h2>
      <div className={styles.graphs}>
        {graphs.map((graph) => (
          <SystemGraph key={graph.id} graph={graph} />
        ))}
      </div>
    </section>
  );
}
