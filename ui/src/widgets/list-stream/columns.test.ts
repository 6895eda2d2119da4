import { expect, it } from 'vitest';

import { eventOf } from '../../pages/events/data';
import { columnsOf, eventField } from './columns';

const fields = (definition: object) => columnsOf(definition as never).map(({ field }) => field).join(' ');

it.each([
  ['a list', { type: 'list_stream', requests: [{ columns: [{ field: 'status_line', width: 'auto' }, { field: '@evt.name' }, null, {}] }] }, 'status_line @evt.name'],
  ['a list without columns', { type: 'list_stream' }, 'status_line timestamp host service content'],
  ['old logs', { type: 'log_stream', columns: ['core_host'], show_date_column: false, show_message_column: true }, 'status_line core_host content'],
])('columns of %s', (_name, definition, expected) => {
  expect(fields(definition)).toBe(expected);
});

it('reads fields of events', () => {
  const event = eventOf({ id: '1', attributes: { message: 'text', tags: ['env:prod', 'env:qa', 'x'], attributes: { title: 'T', hostname: 'h', status: 'error' } } });
  expect(['content', 'title', '@evt.name', 'host', 'env', '@env', 'none'].map((field) => eventField(event, field))).toEqual(['T  text', 'T', 'T', 'h', 'prod, qa', 'prod, qa', '']);
});
