/**
 * Editing of a search's text by facets: what a person typed stays as it is, and only the terms of
 * the facet that was clicked change.
 *
 * A search is a list of terms at its top level (`source:jenkins -status:error deploy`). A term is
 * of a facet when it is `field:value`, `field:"value"` or `field:(a OR b)`, with `-` for its
 * opposite. Anything else is left alone. A search with an `OR` at its top level is put in
 * parentheses before a term is added beside it.
 */

export interface Term {
  /** As typed, without the blanks around. */
  text: string;
  /** Where it starts in the search. */
  from: number;
  to: number;
}

export interface FacetTerm {
  field: string;
  values: string[];
  isNot: boolean;
}

/** What a search says of one facet. */
export interface Selection {
  only: string[];
  not: string[];
}

const NONE: Selection = { only: [], not: [] };

/** The terms at the top level. Unclosed quotes and parentheses reach to the end. */
export function termsOf(text: string): Term[] {
  const terms: Term[] = [];
  let from = -1;
  let depth = 0;
  let quoted = false;
  const end = (to: number) => {
    if (from >= 0) terms.push({ text: text.slice(from, to), from, to });
    from = -1;
  };
  for (let i = 0; i < text.length; i++) {
    const c = text[i] ?? '';
    if (!quoted && depth === 0 && /\s/.test(c)) {
      end(i);
      continue;
    }
    if (from < 0) from = i;
    if (c === '\\') i += 1;
    else if (c === '"') quoted = !quoted;
    else if (!quoted && c === '(') depth += 1;
    else if (!quoted && c === ')') depth = Math.max(0, depth - 1);
  }
  end(text.length);
  return terms;
}

/** The term as one of a facet, if it is one. Patterns and comparisons are none. */
export function facetTermOf(text: string): FacetTerm | undefined {
  const match = /^([-!]?)(@?[A-Za-z_][\w.\-/@]*):(.+)$/s.exec(text);
  if (!match) return undefined;
  const [, sign, field = '', rest = ''] = match;
  const values = rest.startsWith('(') ? groupOf(rest) : valueOf(rest);
  return values && { field, values, isNot: sign !== '' };
}

function valueOf(text: string): string[] | undefined {
  if (text.startsWith('"')) {
    const match = /^"((?:[^"\\]|\\.)*)"$/s.exec(text);
    return match ? [(match[1] ?? '').replace(/\\(.)/gs, '$1')] : undefined;
  }
  // A pattern, a range or a comparison selects more than one value.
  return /[*?"()[\]{}<>]/.test(text) ? undefined : [text.replace(/\\(.)/gs, '$1')];
}

function groupOf(text: string): string[] | undefined {
  if (!text.endsWith(')')) return undefined;
  const values: string[] = [];
  const parts = termsOf(text.slice(1, -1));
  for (const [i, part] of parts.entries()) {
    if (i % 2 === 1) {
      if (part.text !== 'OR') return undefined;
      continue;
    }
    const value = part.text.startsWith('-') ? undefined : valueOf(part.text);
    if (!value) return undefined;
    values.push(...value);
  }
  return parts.length % 2 === 1 ? values : undefined;
}

/** A value as it stands behind `field:`. */
export function quote(value: string): string {
  if (/^[A-Za-z0-9][\w.\-/:]*$/.test(value) && !['AND', 'OR', 'NOT'].includes(value)) return value;
  return `"${value.replace(/["\\]/g, '\\$&')}"`;
}

export function facetTerm(field: string, values: readonly string[], isNot = false): string {
  const texts = values.map(quote);
  const body = texts.length === 1 ? texts[0] : `(${texts.join(' OR ')})`;
  return `${isNot ? '-' : ''}${field}:${body}`;
}

function hasTopOr(terms: readonly Term[]): boolean {
  return terms.some((term) => term.text === 'OR');
}

/** What the search says of the facet. In a search with `OR` no term stands for the whole. */
export function selectionOf(text: string, field: string): Selection {
  const terms = termsOf(text);
  if (hasTopOr(terms)) return NONE;
  const found = ofField(terms, field);
  const values = (isNot: boolean) => found.filter((term) => term.isNot === isNot).flatMap((term) => term.values);
  return { only: values(false), not: values(true) };
}

function ofField(terms: readonly Term[], field: string): FacetTerm[] {
  const facets: FacetTerm[] = [];
  terms.forEach((term, i) => {
    const facet = facetTermOf(term.text);
    if (facet?.field !== field || terms[i - 1]?.text === 'NOT') return;
    facets.push(facet);
  });
  return facets;
}

/** The search with this said of the facet, in place of what it said before. */
export function withSelection(text: string, field: string, selection: Selection): string {
  const terms = termsOf(text);
  // `*` is everything: it says nothing beside another term.
  const kept = (hasTopOr(terms) ? [`(${text.trim()})`] : withoutField(terms, field)).filter((term) => term !== '*');
  if (selection.only.length > 0) kept.push(facetTerm(field, selection.only));
  for (const value of selection.not) kept.push(facetTerm(field, [value], true));
  return kept.join(' ');
}

function withoutField(terms: readonly Term[], field: string): string[] {
  return terms
    .filter((term, i) => {
      if (terms[i - 1]?.text === 'NOT') return true;
      return facetTermOf(term.text)?.field !== field;
    })
    .map((term) => term.text)
    .filter((term, i, all) => term !== 'AND' || (i > 0 && i < all.length - 1 && all[i - 1] !== 'AND'));
}

/** The search without any term of these facets: what their counts are of. */
export function withoutFacets(text: string, fields: readonly string[]): string {
  return fields.reduce((rest, field) => {
    const { only, not } = selectionOf(rest, field);
    return only.length + not.length === 0 ? rest : withSelection(rest, field, NONE);
  }, text);
}

export type Click = 'only' | 'add' | 'exclude';

/** What a click on a facet's value makes of the search. The same click again takes it back. */
export function clickFacet(text: string, field: string, value: string, click: Click): string {
  const { only, not } = selectionOf(text, field);
  const without = (list: readonly string[]) => list.filter((other) => other !== value);
  switch (click) {
    case 'only': {
      const isAlready = only.length === 1 && only[0] === value;
      return withSelection(text, field, { only: isAlready ? [] : [value], not: [] });
    }
    case 'add': {
      const next = only.includes(value) ? without(only) : [...only, value];
      return withSelection(text, field, { only: next, not: without(not) });
    }
    case 'exclude': {
      const next = not.includes(value) ? without(not) : [...not, value];
      return withSelection(text, field, { only: without(only), not: next });
    }
  }
}

/** Which click it was. */
export function clickOf(event: { shiftKey: boolean; altKey: boolean }): Click {
  if (event.altKey) return 'exclude';
  return event.shiftKey ? 'add' : 'only';
}

/** Adds a term unless it is there. */
export function addTerm(text: string, term: string): string {
  const terms = termsOf(text);
  if (terms.some((other) => other.text === term)) return text;
  const head = hasTopOr(terms) ? `(${text.trim()})` : text.trim();
  return head === '' || head === '*' ? term : `${head} ${term}`;
}
