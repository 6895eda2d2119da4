/** Scalars of a definition as rows: what most widgets begin with. */
import { useMemo } from 'react';

import type { WidgetDefinition } from '../../dashboards/model';
import { useWidget } from '../context';
import type { Scalars } from '../../api/scalar';
import { useScalars, type Answers } from './ask';
import { requestsOf, type Bag } from './json';
import { askedOf, type Asked } from './request';
import { gridOf, type Grid } from './rows';

export interface GridOf {
  raw: readonly Bag[];
  requests: readonly Asked[];
  answers: Answers<Scalars>;
  grid: Grid;
  waits: readonly string[];
}

export function useGrid(definition: WidgetDefinition, change: (request: Asked, raw: Bag) => Asked = (request) => request): GridOf {
  const { variables } = useWidget();
  const raw = useMemo(() => requestsOf(definition), [definition]);
  const requests = useMemo(() => raw.map((request) => change(askedOf(request, variables), request)), [raw, variables]);
  const answers = useScalars(requests);
  const datas = answers.parts.map(({ data }) => data);
  const grid = useMemo(() => gridOf(requests, answers.parts), [requests, ...datas]);
  return { raw, requests, answers, grid, waits: requests.flatMap(({ waits }) => waits) };
}
