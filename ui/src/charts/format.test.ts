import { describe, expect, it } from 'vitest';

import { axisLabels, digits, formatValue, intervalText } from './format';
import { UNITS, type Unit, type UnitPair } from './units';

const request: Unit = { family: 'network', name: 'request', plural: 'requests', short_name: 'req', scale_factor: 1 };
const second = UNITS.second[0];
const bit: Unit = { family: 'bytes', name: 'bit', plural: 'bits', short_name: 'b', scale_factor: 0.125 };
const mebibyte: Unit = { family: 'bytes', name: 'mebibyte', plural: 'mebibytes', short_name: 'MiB', scale_factor: 2 ** 20 };

describe('values', () => {
  const table: [number | null, UnitPair, string][] = [
    [0, null, '0'],
    [1234, null, '1234'],
    [12_345, null, '12.3k'],
    [-12_345, null, '−12.3k'],
    [1.5e9, null, '1.5G'],
    [0.001234, null, '0.00123'],
    [1e-9, null, '1.00e-9'],
    [100, null, '100'],
    [99.96, null, '100.0'],
    [8.001, UNITS.percent, '8.00%'],
    [8, UNITS.percent, '8%'],
    [null, null, '–'],
    [Number.NaN, null, 'NaN'],
    [Number.POSITIVE_INFINITY, null, '∞'],
    [1024, UNITS.byte, '1 KiB'],
    [1.5 * 2 ** 30, UNITS.byte, '1.5 GiB'],
    [512, UNITS.byte, '512 B'],
    [2048, [mebibyte, null], '2 GiB'],
    [2048, UNITS.bytePerSecond, '2 KiB/s'],
    [1500, [bit, second], '1.5 kb/s'],
    [0.0352, UNITS.second, '35.2 ms'],
    [1500, UNITS.millisecond, '1.5 s'],
    [0, UNITS.second, '0 s'],
    [5400, UNITS.second, '90 min'],
    [3e-8, UNITS.second, '30 ns'],
    [87.25, UNITS.percent, '87.3%'],
    [0.5, UNITS.fraction, '50%'],
    [1, [request, null], '1 request'],
    [12_345, [request, null], '12.3k requests'],
    [12, [request, second], '12/s'],
  ];
  it.each(table)('%s in %o is %s', (value, unit, text) => {
    expect(formatValue(value, unit)).toBe(text);
  });

  it.each([[20_000, '20 s'], [300_000, '5 min'], [250, '250 ms'], [7_200_000, '2 h']])('%d ms is %s', (ms, text) => {
    expect(intervalText(ms)).toBe(text);
  });

  it('keep three digits', () => {
    expect([0.5, 5.123, 51.23, 512.3].map(digits)).toEqual(['0.5', '5.12', '51.2', '512']);
  });
});

describe('labels of an axis share scale and decimals', () => {
  const table: [number[], UnitPair, string[]][] = [
    [[0, 5, 10], null, ['0', '5', '10']],
    [[0, 0.25, 0.5], null, ['0', '0.25', '0.50']],
    [[0, 500, 1000], null, ['0', '500', '1000']],
    [[0, 5000, 10_000], null, ['0', '5k', '10k']],
    [[0, 2 ** 29, 2 ** 30], UNITS.byte, ['0', '0.5 GiB', '1.0 GiB']],
    [[0, 50, 100], UNITS.percent, ['0%', '50%', '100%']],
    [[0, 0.02, 0.04], UNITS.second, ['0', '20 ms', '40 ms']],
    [[-1, 0, 1], null, ['−1', '0', '1']],
  ];
  it.each(table)('%o', (ticks, unit, labels) => {
    expect(axisLabels(ticks, unit)).toEqual(labels);
  });
});
