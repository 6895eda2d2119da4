/** A definition's own links, in the menu of what was clicked. Source: openapi core-v1, `WidgetCustomLink`. */
import { ExternalLink } from 'lucide-react';

import type { MenuEntry } from '../../components';
import { valuesOf, type Variables } from '../../dashboards/variables';
import type { Range } from '../../time/selection';
import { bag, list, text } from './json';
import { keyOf, valueOf } from './rows';

export interface LinkScope {
  tags: readonly string[];
  /** Unix milliseconds. */
  range: Range;
  variables: Variables;
}

export function customLinks(value: unknown, scope: LinkScope): MenuEntry[] {
  return list(value).flatMap((one): MenuEntry[] => {
    const raw = bag(one);
    // One that stands in for a usual entry of the menu has that entry's name.
    const [label, link] = [text(raw['label'])?.trim() || usual(text(raw['override_label'])), text(raw['link'])?.trim()];
    if (!label || !link || raw['is_hidden'] === true) return [];
    const address = addressOf(filledIn(link, scope));
    return address ? [{ label: filledIn(label, scope, false), icon: <ExternalLink />, run: () => void window.open(address, '_blank', 'noopener') }] : [];
  });
}

function usual(id: string | undefined): string | undefined {
  return id ? `View ${id.trim().replaceAll('_', ' ')}` : undefined;
}

/** Only addresses of the web, or of this server. */
export function addressOf(link: string): string | undefined {
  if (link.startsWith('/') && !link.startsWith('//')) return link;
  return /^https?:\/\//i.test(link) ? link : undefined;
}

/** Puts values for `{{host.value}}`, `{{host}}`, `{{$env.value}}`, `{{timestamp_start}}` and their like. */
export function filledIn(template: string, { tags, range, variables }: LinkScope, isAddress = true): string {
  const encode = isAddress ? encodeURIComponent : (plain: string) => plain;
  return template.replace(/\{\{\s*([^{}]+?)\s*\}\}/g, (whole, path: string) => {
    if (path.startsWith('timestamp')) return String(Math.round(path.endsWith('end') ? range.to : range.from));
    const wantsValue = path.endsWith('.value');
    const name = path.replace(/\.(value|key)$/, '').replace(/^@/, '');
    if (name.startsWith('$')) {
      const variable = variables.declared.find((one) => one.name === name.slice(1));
      const chosen = variable ? valuesOf(variable, variables.values) : [];
      if (!variable) return '';
      return encode(wantsValue || !variable.prefix ? chosen.join(',') : chosen.map((one) => `${variable.prefix}:${one}`).join(','));
    }
    const tag = tags.find((one) => keyOf(one) === name);
    if (tag === undefined) return isAddress ? '' : whole;
    return encode(wantsValue ? valueOf(tag) : tag);
  });
}
