/**
 * What a host map asks for: today's form (`fill` and `size` as metric queries) and the newer one
 * (`request_type: infrastructure_hostmap` with enrichments). Source: openapi core-v1,
 * `HostMapWidgetDefinition`.
 */
import type { WidgetDefinition } from '../../dashboards/model';
import { substitute, type Variables } from '../../dashboards/variables';
import { bag, flag, list, number, text, texts, type Bag } from '../parts/read';
import { askedOf, type Asked } from '../query/request';

export interface MapRequest {
  fill: Asked;
  size: Asked;
  nodeType: string;
  /** Tag keys. */
  groups: string[];
  /** Terms that hosts must fit. */
  scope: string[];
  /** Hosts without a tag of the group, and without a value, are shown as well. */
  withoutGroup: boolean;
  withoutMetric: boolean;
  palette: string;
  isFlipped: boolean;
  min: number | undefined;
  max: number | undefined;
}

const NONE: Asked = { queries: [], formulas: [], waits: [] };

export function mapRequest(definition: WidgetDefinition, variables: Variables): MapRequest {
  const requests = bag(definition['requests']);
  const isNew = requests['request_type'] !== undefined;
  const source: Bag = isNew ? requests : definition;
  const style = bag(source['style']);
  const enriched = list(requests['enrichments']).map(bag);
  const groups = isNew ? list(requests['group_by']).map((by) => text(bag(by)['column'])) : texts(definition['group']);
  const scope = isNew ? text(requests['filter']).split(/\s+/) : texts(definition['scope']);
  return {
    fill: isNew ? dimension(enriched, 'fill', variables) : asked(requests['fill'], variables),
    size: isNew ? dimension(enriched, 'size', variables) : asked(requests['size'], variables),
    nodeType: text(source['node_type'], 'host'),
    groups: groups.map((key) => substitute(key, variables).replace(/^\$/, '')).filter((key) => key !== ''),
    scope: scope.map((term) => substitute(term, variables)).filter((term) => term !== ''),
    withoutGroup: flag(source['no_group_hosts'], true),
    withoutMetric: flag(source['no_metric_hosts'], true),
    palette: text(style['palette']),
    isFlipped: flag(style['palette_flip']),
    min: number(style['fill_min']),
    max: number(style['fill_max']),
  };
}

function asked(request: unknown, variables: Variables): Asked {
  return Object.keys(bag(request)).length === 0 ? NONE : askedOf(bag(request), variables);
}

/** The request whose formula fills this dimension, with that formula alone. */
function dimension(enriched: readonly Bag[], name: string, variables: Variables): Asked {
  for (const request of enriched) {
    const formulas = list(request['formulas']).filter((formula) => bag(formula)['dimension'] === name);
    if (formulas.length > 0) return askedOf({ ...request, formulas }, variables);
  }
  return NONE;
}
