/** Hosts as hexagons, coloured and sized by metrics. */
import { useNavigate } from '@tanstack/react-router';
import { useCallback, useMemo } from 'react';

import { useShownTheme } from '../../charts';
import { formatValue } from '../../charts/format';
import type { UnitPair } from '../../charts/units';
import { ErrorState, Skeleton } from '../../components';
import { compareNames, groupHosts, noTag } from '../../hostmap/groups';
import { HostMap } from '../../hostmap/HostMap';
import { domainOf, paletteColors } from '../../hostmap/scale';
import { useHosts, type Host } from '../../pages/infrastructure/data/hosts';
import { HostCard } from '../../pages/infrastructure/map/HostCard';
import { useWidget } from '../context';
import { mapPalette } from '../parts/map-palette';
import { Ramp } from '../parts/Ramp';
import { fitsTags } from '../parts/tags';
import { WidgetEmpty } from '../parts/WidgetEmpty';
import { useScalars } from '../query/ask';
import type { WidgetViewProps } from '../registry/kind';
import styles from './hostmap.module.css';
import { mapRequest, type MapRequest } from './request';

export default function HostmapView({ definition }: WidgetViewProps) {
  const { variables } = useWidget();
  const request = useMemo(() => mapRequest(definition, variables), [definition, variables]);
  if (request.nodeType !== 'host') return <WidgetEmpty title={`Map of ${request.nodeType}s`}>Waits for {request.nodeType}s: this server knows hosts only.</WidgetEmpty>;
  if (request.fill.waits.length > 0) return <WidgetEmpty title="Host map">Waits for {request.fill.waits.join(', ')}: this server does not store them yet.</WidgetEmpty>;
  return <Hosts request={request} />;
}

const REFRESH_MS = 20_000;
const NO_HOSTS: readonly Host[] = [];

function Hosts({ request }: { request: MapRequest }) {
  const { range, live, isActive } = useWidget();
  const known = useHosts(range, { refreshMs: live && isActive ? () => REFRESH_MS : false });
  const answers = useScalars(useMemo(() => [request.fill, request.size], [request]));
  const [fill, size] = answers.parts;
  const filled = useMemo(() => byHost(fill?.data), [fill?.data]);
  const sized = useMemo(() => byHost(size?.data), [size?.data]);
  const hosts = useMemo(() => {
    const fits = (host: Host) =>
      fitsTags(request.scope, (tag) => tag === `host:${host.name}` || host.tagList.includes(tag)) &&
      (request.withoutMetric || filled.values.has(host.name)) &&
      (request.withoutGroup || request.groups.every((key) => host.tags.has(key)));
    return (known.data ?? NO_HOSTS).filter(fits).sort((a, b) => compareNames(a.name, b.name));
  }, [known.data, request, filled]);
  if (known.error && !known.data) return <ErrorState error={known.error} onRetry={() => void known.refetch()} />;
  if (fill?.error && !fill.data) return <ErrorState error={fill.error} onRetry={answers.refetch} />;
  if (!known.data || answers.isPending) return <Skeleton height="100%" />;
  if (hosts.length === 0) return <WidgetEmpty title="No hosts">{known.data.length === 0 ? 'None has reported in this time.' : 'None fits the scope, or has a value.'}</WidgetEmpty>;
  return <Drawn request={request} hosts={hosts} filled={filled} sized={request.size.formulas.length > 0 ? sized : undefined} />;
}

interface Values {
  values: ReadonlyMap<string, number>;
  unit: UnitPair;
}

/** A query by more tags than the host counts its greatest group. */
function byHost(answer: { rows: readonly { tags: readonly string[]; values: readonly (number | null)[] }[]; units: readonly UnitPair[] } | undefined): Values {
  const values = new Map<string, number>();
  for (const { tags, values: row } of answer?.rows ?? []) {
    const host = tags.find((tag) => tag.startsWith('host:'))?.slice(5);
    const value = row[0];
    if (host !== undefined && typeof value === 'number') values.set(host, Math.max(value, values.get(host) ?? -Infinity));
  }
  return { values, unit: answer?.units[0] ?? null };
}

interface DrawnProps {
  request: MapRequest;
  hosts: readonly Host[];
  filled: Values;
  sized: Values | undefined;
}

function Drawn({ request, hosts, filled, sized }: DrawnProps) {
  const { onFilter } = useWidget();
  const theme = useShownTheme();
  const navigate = useNavigate();
  const palette = mapPalette(request.palette);
  const colors = useMemo(() => paletteColors(palette, theme, request.isFlipped), [palette, theme, request.isFlipped]);
  const sections = useMemo(() => groupHosts(hosts, request.groups.slice(0, 2)), [hosts, request.groups]);
  const shown = useMemo(() => {
    const of = ({ values }: Values) => hosts.map(({ name }) => values.get(name) ?? null);
    return { fill: of(filled), ...(sized ? { size: of(sized) } : {}) };
  }, [hosts, filled, sized]);
  const domain = useMemo(() => {
    const [min, max] = domainOf(filled.values.values(), false);
    return [request.min ?? min, request.max ?? max] as const;
  }, [filled, request.min, request.max]);
  const format = useCallback((value: number) => formatValue(value, filled.unit), [filled.unit]);
  const labels = [request.fill, request.size].map((of) => of.formulas[0]?.alias ?? of.formulas[0]?.label ?? '');
  const card = (at: number) => {
    const host = hosts[at];
    if (!host) return null;
    const of = (label: string | undefined, value: number | null | undefined, unit: UnitPair) => ({ label: label ?? '', text: value === null || value === undefined ? 'no data' : formatValue(value, unit) });
    return <HostCard host={host} fill={of(labels[0], shown.fill[at], filled.unit)} size={sized && of(labels[1], shown.size?.[at], sized.unit)} now={Date.now()} />;
  };
  return (
    <div className={styles.place}>
      <div className={styles.map}>
        <HostMap
          label={`Hosts by ${labels[0]}: arrows move, Enter opens`}
          hosts={hosts}
          sections={sections}
          values={shown}
          domain={domain}
          palette={palette}
          isFlipped={request.isFlipped}
          theme={theme}
          format={format}
          open={undefined}
          onOpen={(host) => void navigate({ to: `/infrastructure/host/${encodeURIComponent(host)}` as never })}
          onGroup={(path) => path.forEach((value, at) => value !== noTag(request.groups[at] ?? '') && onFilter?.(`${request.groups[at]}:${value}`, false))}
          card={card}
        />
      </div>
      {request.fill.formulas.length > 0 && <Ramp colors={colors} low={format(domain[0])} high={format(domain[1])} text={`${hosts.length.toLocaleString('en-US')} ${hosts.length === 1 ? 'host' : 'hosts'}`} />}
    </div>
  );
}
