import type { NamedQuery } from '../api/timeseries';
import { useTime } from '../time/time-context';
import { timeseriesOf } from '../dashboards/share/definition';
import { Graph, type GraphProps } from './Graph';
import { useTimeseries } from './use-timeseries';

export interface MetricGraphProps extends Omit<GraphProps, 'result'> {
  /** One query, or several by name. */
  query: string | readonly NamedQuery[];
  formulas?: readonly string[];
}

/** A graph of metric queries over the page's time. */
export function MetricGraph({ query, formulas, height = 160, ...rest }: MetricGraphProps) {
  const { range } = useTime();
  const queries = typeof query === 'string' ? [{ name: 'a', query }] : query;
  const result = useTimeseries(queries, formulas, range);
  return <Graph widget={() => timeseriesOf({ title: rest.title, queries, formulas, kind: rest.kind, scale: rest.scale })} {...rest} height={height} result={result} />;
}
