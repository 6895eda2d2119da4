/** Datadog's palettes of maps as ours, which change their lightness evenly in both themes. */
import type { PaletteName } from '../../hostmap/scale';

export function mapPalette(name: string): PaletteName {
  if (/blue|cool|viridis|green_to|dog|interpolate/i.test(name) && !/orange|red/i.test(name)) return 'ocean';
  if (/purple|gr[ae]y|mono/i.test(name)) return 'mono';
  return 'heat';
}
