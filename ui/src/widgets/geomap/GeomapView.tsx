/** A map of the world with countries coloured by a query's groups. */
import { useMemo } from 'react';

import { useWidget } from '../context';
import { DataState } from '../parts/DataState';
import { bag, list } from '../parts/read';
import { useScalars } from '../query/ask';
import { askedOf } from '../query/request';
import type { WidgetViewProps } from '../registry/kind';
import { countryValues } from './countries';
import styles from './geomap.module.css';
import { WorldMap } from './WorldMap';
import world from './world.json';

export default function GeomapView({ definition }: WidgetViewProps) {
  const { variables } = useWidget();
  const asked = useMemo(() => list(definition['requests']).map((request) => askedOf(bag(request), variables)), [definition, variables]);
  const answers = useScalars(asked);
  const rows = answers.parts.flatMap(({ data }) => data?.rows ?? []);
  const { values, unknown } = useMemo(() => countryValues(rows, world), [rows]);
  const unit = answers.parts.find(({ data }) => data)?.data?.units[0] ?? null;
  const waits = [...new Set(asked.flatMap((request) => request.waits))];
  const notes = unknown > 0 ? [`${unknown} ${unknown === 1 ? 'group is' : 'groups are'} no country`] : [];
  const isEmpty = values.size === 0;
  return (
    <div className={styles.place}>
      {isEmpty && (
        <div className={styles.behind} aria-hidden>
          <WorldMap definition={definition} values={values} unit={unit} />
        </div>
      )}
      <DataState answers={answers} waits={waits} isEmpty={isEmpty} notes={notes}>
        <WorldMap definition={definition} values={values} unit={unit} />
      </DataState>
    </div>
  );
}
