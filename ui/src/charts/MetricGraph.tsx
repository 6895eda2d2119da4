import type { NamedQuery } from '../api/timeseries';
import { useTime } from '../time/time-context';
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
  return <Graph {...rest} height={height} result={result} />;
}
