/** The kinds of widgets as the tray lists them. */
import type { WidgetGroup, WidgetKind } from '../../widgets/registry';

export interface KindGroup {
  group: WidgetGroup;
  label: string;
  kinds: readonly WidgetKind[];
}

const GROUPS: readonly (readonly [WidgetGroup, string])[] = [
  ['graphs', 'Graphs'],
  ['groups', 'Groups'],
  ['annotations', 'Annotations and embeds'],
  ['lists', 'Lists and streams'],
  ['health', 'Alerting and health'],
  ['apm', 'APM'],
  ['rum', 'RUM and product analytics'],
];

/** Words that people type for a kind, beside its own name. */
const ALSO: Readonly<Record<string, string>> = {
  timeseries: 'line area bars chart graph',
  query_value: 'number big single stat',
  toplist: 'top ranking bars',
  query_table: 'table columns',
  sunburst: 'pie donut ring',
  distribution: 'histogram',
  heatmap: 'density percentile',
  note: 'markdown text',
  free_text: 'heading label',
  geomap: 'world countries',
  hostmap: 'hosts hexagons',
  iframe: 'embed website',
  image: 'picture logo',
  group: 'section',
};

/** Every word must be part of a kind's name, type or synonyms. Groups without kinds are left out. */
export function groupsOf(kinds: readonly WidgetKind[], search = ''): KindGroup[] {
  const words = search.toLowerCase().split(/\s+/).filter((word) => word !== '');
  const isWanted = ({ label, type }: WidgetKind) => {
    const text = `${label} ${type.replaceAll('_', ' ')} ${ALSO[type] ?? ''}`.toLowerCase();
    return words.every((word) => text.includes(word));
  };
  return GROUPS.flatMap(([group, label]) => {
    const own = kinds.filter((kind) => kind.group === group && isWanted(kind));
    return own.length === 0 ? [] : [{ group, label, kinds: own }];
  });
}
