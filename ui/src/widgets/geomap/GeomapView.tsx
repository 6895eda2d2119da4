/** A map of the world: countries coloured by a query's groups, and points for groups and events that say where they are. */
import { useMemo } from 'react';

import type { WidgetDefinition } from '../../dashboards/model';
import { useWidget } from '../context';
import { useWidgetEvents } from '../events/use-events';
import { DataState } from '../parts/DataState';
import { bag, list } from '../parts/read';
import { useScalars } from '../query/ask';
import { askedOf } from '../query/request';
import type { WidgetViewProps } from '../registry/kind';
import { listNoun } from '../waits/words';
import { countryValues } from './countries';
import styles from './geomap.module.css';
import { placeOfRow, placesOfEvents, pointsRequest, type PointsRequest } from './places';
import { WorldMap } from './WorldMap';
import world from './world.json';

export default function GeomapView({ definition }: WidgetViewProps) {
  const points = useMemo(() => list(definition['requests']).flatMap((request) => pointsRequest(bag(request)) ?? [])[0], [definition]);
  return points?.source === 'event_stream' ? <WithEvents definition={definition} points={points} /> : <Layers definition={definition} points={points} />;
}

function WithEvents({ definition, points }: { definition: WidgetDefinition; points: PointsRequest }) {
  const events = useWidgetEvents(points.search);
  return <Layers definition={definition} points={points} events={events} />;
}

interface LayersProps {
  definition: WidgetDefinition;
  points: PointsRequest | undefined;
  events?: ReturnType<typeof useWidgetEvents>;
}

function Layers({ definition, points, events }: LayersProps) {
  const { variables } = useWidget();
  const asked = useMemo(() => list(definition['requests']).map((request) => askedOf(bag(request), variables)), [definition, variables]);
  const answers = useScalars(asked);
  const rows = answers.parts.flatMap(({ data }) => data?.rows ?? []);
  const placed = rows.flatMap((row) => placeOfRow(row) ?? []);
  const { values, tags, unknown } = useMemo(() => countryValues(rows.filter((row) => placeOfRow(row) === undefined), world), [rows]);
  const places = useMemo(() => [...placed, ...(points && events?.data ? placesOfEvents(events.data.items, points) : [])], [rows, points, events?.data]);
  const unit = answers.parts.find(({ data }) => data)?.data?.units[0] ?? null;
  const line = asked.flatMap(({ formulas }) => formulas)[0];
  const waits = [...new Set([...asked.flatMap((request) => request.waits), ...(points && !events ? [listNoun(points.source)] : [])])];
  const notes = unknown > 0 ? [`${unknown} ${unknown === 1 ? 'group is' : 'groups are'} no country`] : [];
  const without = events?.data ? events.data.items.length - (places.length - placed.length) : 0;
  if (without > 0) notes.push(`${without} ${without === 1 ? 'event says' : 'events say'} no place`);
  const isEmpty = values.size === 0 && places.length === 0;
  const all = {
    ...answers,
    parts: [...answers.parts, ...(events ? [{ data: undefined, error: events.data ? undefined : events.error }] : [])],
    isPending: answers.isPending || (events !== undefined && !events.data && !events.error),
    isOld: answers.isOld || events?.isOld === true,
    refetch: () => {
      answers.refetch();
      void events?.refetch();
    },
  };
  const map = <WorldMap definition={definition} values={values} tags={tags} places={places} unit={unit} line={line} />;
  return (
    <div className={styles.place}>
      {isEmpty && (
        <div className={styles.behind} aria-hidden inert>
          {map}
        </div>
      )}
      <DataState answers={all} waits={waits} isEmpty={isEmpty} notes={notes}>
        {map}
      </DataState>
    </div>
  );
}
