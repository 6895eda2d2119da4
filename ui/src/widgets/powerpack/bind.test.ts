import { expect, it } from 'vitest';

import { substitute, type Variables } from '../../dashboards/variables';
import { boundVariables, groupOf } from './bind';

const attributes = {
  name: 'Checkout',
  template_variables: [{ name: 'env', defaults: ['prod'] }, { name: 'svc', defaults: ['web'] }],
  group_widget: { definition: { type: 'group', title: 'Pack', background_color: 'blue', widgets: [] } },
};
const page: Variables = { declared: [{ name: 'env', prefix: 'environment', default: 'dev' }], values: { env: ['qa'] } };
const widget = (template_variables: unknown) => ({ type: 'powerpack', powerpack_id: 'x', template_variables });
const shown = (template_variables: unknown) => substitute('{$env,$svc}', boundVariables(attributes, widget(template_variables), page));

it.each([
  ['without bindings, the page first, then its own', undefined, '{environment:qa,svc:web}'],
  ['by the dashboard', { controlled_externally: [{ name: 'env', prefix: 'env', values: ['a'] }] }, '{environment:qa,svc:web}'],
  ['by the powerpack', { controlled_by_powerpack: [{ name: 'env', prefix: 'e', values: ['x', 'y'] }] }, '{e IN (x,y),svc:web}'],
  ['by its defaults', { controlled_by_powerpack: [{ name: 'svc', prefix: 'service', values: [] }] }, '{environment:qa,service:web}'],
  ['of odd shapes', { controlled_by_powerpack: [null, { name: 3 }], controlled_externally: 'x' }, '{environment:qa,svc:web}'],
])('binds %s', (_name, bindings, expected) => {
  expect(shown(bindings)).toBe(expected);
});

it('is a group, with the words of the dashboard', () => {
  expect(groupOf(attributes, { type: 'powerpack', title: 'Mine', background_color: null as never })).toEqual({ type: 'group', title: 'Mine', background_color: 'blue', widgets: [] });
  expect(groupOf({ name: 'N' }, { type: 'powerpack' })).toEqual({ type: 'group', title: 'N', widgets: [] });
});
