/**
 * Searches of event widgets as the events API takes them. Old ones have words of their own:
 * `sources:a,b`, `tags:x,y`, `hosts:…`, `priority:all`, `status:…`, and `tags_execution` says
 * whether all of the tags must be there or one.
 */
import { termsOf } from '../../explorer/search';

const FIELDS: Readonly<Record<string, string>> = { sources: 'source', source: 'source', hosts: 'host', host: 'host', status: 'status', alert_type: 'status', priority: 'priority' };

export function eventSearch(query: string, tagsExecution = 'and'): string {
  const terms = termsOf(query.trim()).map(({ text }) => termOf(text, tagsExecution.toLowerCase() === 'or' ? ' OR ' : ' AND '));
  return terms.filter((term) => term !== '').join(' ');
}

function termOf(term: string, join: string): string {
  const [, sign = '', key = '', rest = ''] = /^(-?)([a-z_]+):([^()"]+)$/i.exec(term) ?? [];
  if (key === '') return term === '*' ? '' : term;
  const values = rest.split(',').filter((value) => value !== '');
  if (key === 'tags') return sign + grouped(values, join);
  const field = FIELDS[key];
  if (field === undefined) return term;
  if (values.length === 0 || values.includes('all') || values.includes('*')) return '';
  return values.length === 1 ? `${sign}${field}:${values[0]}` : `${sign}${field}:(${values.join(' OR ')})`;
}

function grouped(values: readonly string[], join: string): string {
  return values.length > 1 ? `(${values.join(join)})` : (values[0] ?? '');
}
