import { expect, it } from 'vitest';

import { fileName, toCsv, toJson } from './export';

const DATA = {
  times: [0, 1000],
  interval: 1000,
  series: [
    { id: 'a', label: 'host:"x", y', tags: ['host:x'], color: 0, values: [1.5, null] },
    { id: 'b', label: '=cmd()', tags: [], color: 1, values: [0, 2] },
  ],
};

it('writes CSV that spreadsheets read and do not run', () => {
  expect(toCsv(DATA)).toBe(
    'time,"host:""x"", y",\'=cmd()\r\n1970-01-01T00:00:00.000Z,1.5,0\r\n1970-01-01T00:00:01.000Z,,2\r\n',
  );
});

it('writes JSON with the points that are there', () => {
  const { series } = JSON.parse(toJson(DATA)) as { series: { points: number[][] }[] };
  expect(series.map(({ points }) => points)).toEqual([[[0, 1.5]], [[0, 0], [1000, 2]]]);
});

it.each([['avg:a{*} by {host}', 'avg-a-by-host.csv'], ['///', 'graph.csv']])('names the file of %s', (title, name) => {
  expect(fileName(title, 'csv')).toBe(name);
});
