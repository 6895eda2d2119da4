import { useQuery } from '@tanstack/react-query';

import { api } from '../../api';
import { metricOf, type NamedQuery } from '../../api/timeseries';
import { rangeText, useTime } from '../../time';
import styles from './explorer.module.css';

interface AllTags {
  data: { attributes: { tags: string[] } };
}

/** Says why a query found nothing: no such metric, or none with these tags at this time. */
export function NothingFound({ queries }: { queries: readonly NamedQuery[] }) {
  const { range, zone } = useTime();
  const metrics = [...new Set(queries.flatMap(({ query }) => metricOf(query) ?? []))];
  const { data: known } = useQuery({
    queryKey: ['known-metrics', metrics],
    queryFn: async ({ signal }) => {
      const found = await Promise.all(
        metrics.map((metric) => api.get<AllTags>(`/api/v2/metrics/${encodeURIComponent(metric)}/all-tags`, undefined, signal).then(({ data }) => data.attributes.tags.length > 0, () => false)),
      );
      return metrics.filter((_, at) => found[at]);
    },
  });
  const missing = known ? metrics.filter((metric) => !known.includes(metric)) : [];
  return (
    <>
      <span>No data</span>
      {missing.map((metric) => (
        <span key={metric} className={styles.why}>
          <code>{metric}</code> has not reported in the last day: is the name right?
        </span>
      ))}
      {missing.length === 0 && <span className={styles.why}>The metric is known, but nothing with these tags reported in {rangeText(range, zone)}.</span>}
    </>
  );
}
