/** What a form asks for: fields as data, each with the path of what it changes in a definition. */
import type { Option } from '../../../components';
import type { WidgetDefinition } from '../../model';
import type { Request, Shape } from '../queries/requests';

interface Base {
  /** `yaxis.min`; relative to a row in rows. */
  path: string;
  label: string;
  help?: string;
  /** Beside the next one. */
  half?: boolean;
  /** Shown only where it means something. */
  when?: (definition: WidgetDefinition) => boolean;
}

export interface TextSpec extends Base {
  kind: 'text';
  placeholder?: string;
  /** More than one: a large field. */
  lines?: number;
  mono?: boolean;
  /** An empty text is written, and not taken away. */
  required?: boolean;
}

export interface NumberSpec extends Base {
  kind: 'number';
  min?: number;
  max?: number;
  placeholder?: string;
}

export interface SelectSpec extends Base {
  kind: 'select';
  options: readonly Option[];
  /** What holds while nothing is said. */
  fallback: string;
}

export interface SwitchSpec extends Base {
  kind: 'switch';
  fallback: boolean;
}

/** Texts with commas between them. */
export interface WordsSpec extends Base {
  kind: 'words';
  placeholder?: string;
}

/** Some of these. */
export interface ChecksSpec extends Base {
  kind: 'checks';
  options: readonly Option[];
  /** What holds while nothing is said. */
  fallback: readonly string[];
}

/** Objects, each with fields of its own. */
export interface RowsSpec extends Base {
  kind: 'rows';
  fields: readonly Field[];
  make: () => Record<string, unknown>;
  /** Its section says what it is. */
  bare?: boolean;
  /** On the button: `Add marker`. */
  add: string;
}

export type Field = TextSpec | NumberSpec | SelectSpec | SwitchSpec | WordsSpec | ChecksSpec | RowsSpec;

export interface Section {
  title: string;
  fields: readonly Field[];
  /** Folded at first unless something in it is set. */
  folded?: boolean;
}

/** Requests that have names instead of an order: the axes of a scatter plot. */
export interface Slot {
  key: string;
  label: string;
}

export interface QueriesForm {
  shape: Shape;
  /** `many`: requests can be added; a list: they stand under these keys. */
  requests: 'one' | 'many' | readonly Slot[];
  /** Of each request, over its queries. */
  fields?: readonly Field[];
  /** Of each formula, under it. */
  formulaFields?: readonly Field[];
  /** Where `requests` is, when not in the definition itself. */
  base?: string;
  /** What each request must have, whatever was done to it. */
  complete?: (request: Request) => Request;
  /** A new request beyond its queries. */
  make?: () => Request;
}

export interface WidgetForm {
  queries?: QueriesForm;
  sections: readonly Section[];
  /** Said in place of a form. */
  note?: string;
}

export const options = (...values: (string | [string, string])[]): Option[] =>
  values.map((value) => (typeof value === 'string' ? { value, label: value.charAt(0).toUpperCase() + value.slice(1).replaceAll('_', ' ') } : { value: value[0], label: value[1] }));
