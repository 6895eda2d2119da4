/** The icons of kinds of widgets, by the names that the kinds say. */
import type { LucideIcon } from 'lucide-react';

import * as icons from './icon-set';

const ICONS: Readonly<Record<string, LucideIcon>> = icons;

/** A box for a name that is not known here. */
export function iconOf(name: string): LucideIcon {
  return ICONS[name] ?? icons.Box;
}

export const isKnownIcon = (name: string): boolean => name in ICONS;
