/** Colours of rows: the palette's, or each group's own. */
import { assignColors, seriesColor } from '../../charts/palette';
import { isSemantic, rampColors, semanticColor } from './palettes';
import { nameOf, type Row } from './rows';

/** One per row. */
export function rowColors(rows: readonly Row[], palette: string | undefined, theme: 'dark' | 'light'): string[] {
  const ramp = rampColors(palette, rows.length, theme);
  const own = assignColors(rows.map(({ id }) => id));
  return rows.map((row, at) => {
    const meant = isSemantic(palette) ? semanticColor(nameOf(row), theme) : undefined;
    return meant ?? ramp?.[at] ?? seriesColor(own.get(row.id) ?? at, theme);
  });
}
