import { expect, it } from 'vitest';

import { csvOf } from './csv';

it('quotes what needs it', () => {
  const rows = [['a,b', 1, null], ['say "hi"', -2, undefined], ['=1+1', 0, 'x\ny']];
  expect(csvOf(['p', 'q', 'r'], rows)).toBe('p,q,r\r\n"a,b",1,\r\n"say ""hi""",-2,\r\n\'=1+1,0,"x\ny"\r\n');
});
