/** What a heatmap or histogram asks for: lines as they are, or the percentiles of a distribution. */
import type { Variables } from '../../dashboards/variables';
import { bag, text, type Bag } from '../query/json';
import { askedOf, type Asked } from '../query/request';
import { quantileQueries } from './density';

export interface DensityRequest {
  asked: Asked;
  isQuantiles: boolean;
}

export function densityRequest(request: Bag, variables: Variables): DensityRequest {
  const query = bag(request['query']);
  const isHistogram = request['request_type'] === 'histogram' && Object.keys(query).length > 0;
  const plain = isHistogram ? askedOf({ queries: [query] }, variables) : askedOf(request, variables);
  const [only] = plain.queries;
  // `histogram:` may also stand before a query of the plain form.
  const isQuantiles = only !== undefined && plain.queries.length === 1 && (isHistogram || /^\s*histogram\s*:/.test(only.query));
  if (!isQuantiles) return { asked: plain, isQuantiles: false };
  const queries = quantileQueries(only.query).map((one, at) => ({ name: `q${at}`, query: one, aggregator: 'avg' }));
  const formulas = queries.map(({ name, query: label }) => ({ formula: name, label, format: plain.formulas[0]?.format ?? {}, conditions: [] }));
  return { asked: { queries, formulas, waits: plain.waits }, isQuantiles: true };
}

export function paletteOf(request: Bag | undefined): string | undefined {
  return text(bag(request?.['style'])['palette']);
}
