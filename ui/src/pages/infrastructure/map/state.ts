/** What the map shows, as its address says; a broken part is as if it were absent. */
import { useMemo } from 'react';

import { isPalette, type PaletteName } from '../../../hostmap/scale';
import { useParams, useSetParams } from '../../../util/url-state';
import { measureOf, type Measure } from '../data/fills';
import { parseAmount } from './amount';

export interface MapState {
  filter: string;
  /** Keys of tags, two at most. */
  groupBy: string[];
  /** Undefined: as the page sees fit. */
  fill: Measure | undefined;
  size: Measure | undefined;
  /** Ends of the colours that were set. */
  min: number | undefined;
  max: number | undefined;
  palette: PaletteName;
  isFlipped: boolean;
  /** The newest value in place of one over the whole time. */
  isNewest: boolean;
  /** Whether hosts without a value are shown. */
  withEmpty: boolean;
  /** The host whose panel is open. */
  host: string | undefined;
}

export const GROUPS_MAX = 2;

export function readState(params: Record<string, string | undefined>): MapState {
  const isNewest = params['fillover'] === 'last';
  const palette = params['palette'] ?? '';
  const groupBy = (params['groupby'] ?? '').split(',').map((key) => key.trim().toLowerCase());
  return {
    filter: params['filter'] ?? '',
    groupBy: [...new Set(groupBy.filter((key) => key !== '' && key !== 'none'))].slice(0, GROUPS_MAX),
    fill: measureOf(params['fillby'] ?? '', isNewest),
    size: measureOf(params['sizeby'] ?? '', isNewest),
    min: parseAmount(params['fillmin'] ?? ''),
    max: parseAmount(params['fillmax'] ?? ''),
    palette: isPalette(palette) ? palette : 'heat',
    isFlipped: params['paletteflip'] === 'true',
    isNewest,
    withEmpty: params['nometrichosts'] !== 'false',
    host: params['host'] || undefined,
  };
}

export function useMapState() {
  const params = useParams();
  const set = useSetParams();
  const state = useMemo(() => readState(params), [params]);
  return { state, set };
}
