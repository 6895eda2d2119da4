import { describe, expect, it } from 'vitest';

import type { Params } from '../util/url-state';
import { paramsOfValues, presetFrom, presetOf, valuesOfParams, valuesOfPreset } from './url';

describe('variables in the address', () => {
  const table: [string, Params, Record<string, string[]>][] = [
    ['one value', { tpl_var_env: 'prod', span: '1h' }, { env: ['prod'] }],
    ['several by number', { 'tpl_var_env[1]': 'b', 'tpl_var_env[0]': 'a' }, { env: ['a', 'b'] }],
    ['several without number', { 'tpl_var_env[]': 'a' }, { env: ['a'] }],
    ['several by comma', { tpl_var_env: 'a, b,a' }, { env: ['a', 'b'] }],
    ['everything', { tpl_var_env: '*' }, { env: ['*'] }],
    ['a name with a dot', { 'tpl_var_app.name': 'x' }, { 'app.name': ['x'] }],
    ['nothing', { tpl_var_env: '', tpl_var_: 'x' }, { env: [] }],
  ];
  it.each(table)('%s', (_name, params, values) => {
    expect(valuesOfParams(params)).toEqual(values);
  });

  it.each([
    [{ tpl_var_env: 'old', 'tpl_var_env[1]': 'x', tpl_var_envy: 'y' }, { env: ['a', 'b'] }, { tpl_var_env: undefined, 'tpl_var_env[0]': 'a', 'tpl_var_env[1]': 'b' }],
    [{ 'tpl_var_env[0]': 'old' }, { env: ['a'] }, { 'tpl_var_env[0]': undefined, tpl_var_env: 'a' }],
    [{ tpl_var_env: 'old' }, { env: undefined }, { tpl_var_env: undefined }],
  ] as [Params, Record<string, string[] | undefined>, Params][])('%j with %j changes %j', (params, values, patch) => {
    expect(paramsOfValues(params, values)).toEqual(patch);
  });
});

describe('saved views', () => {
  const declared = [{ name: 'env', prefix: 'env', default: 'prod' }, { name: 'host', prefix: 'host' }];
  const views = [
    { name: 'Dev', template_variables: [{ name: 'env', value: 'dev' }] },
    { name: 'Two', template_variables: [{ name: 'env', values: ['dev', 'prod'] }, { name: 'host', values: ['*'] }] },
  ];
  it('set what they name and leave the rest to the default', () => {
    expect(valuesOfPreset(views[0]!, declared)).toEqual({ env: ['dev'], host: undefined });
    expect(valuesOfPreset(views[1]!, declared)).toEqual({ env: ['dev', 'prod'], host: undefined });
  });

  it.each([
    [{ env: ['dev'] }, 'Dev'],
    [{ env: ['prod', 'dev'] }, 'Two'],
    [{ env: ['dev'], host: ['a'] }, undefined],
    [{}, undefined],
  ])('%j is the view %s', (values, name) => {
    expect(presetOf(views, declared, values as Record<string, string[]>)?.name).toBe(name);
  });

  it('come from the values of now', () => {
    expect(presetFrom('Now', declared, { env: ['dev'] })).toEqual({ name: 'Now', template_variables: [{ name: 'env', values: ['dev'] }, { name: 'host', values: ['*'] }] });
  });
});
