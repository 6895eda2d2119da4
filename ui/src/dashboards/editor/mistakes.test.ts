import { describe, expect, it } from 'vitest';

import { placeText, readMistakes } from './mistakes';

describe('what the server refuses', () => {
  it.each([
    ['widgets[0].definition.requests[0].display_type: expected one of area, bars; got "lines"', [['requests[0].display_type', 'expected one of area, bars; got "lines"']]],
    ['widgets[0].definition.type: missing; widgets[0].definition.title: a text', [['type', 'missing'], ['title', 'a text']]],
    ['Invalid: widgets[0].definition.yaxis.min is wrong', [['yaxis.min', 'Invalid:  is wrong']]],
    ['nothing fits', [['', 'nothing fits']]],
  ])('%s', (text, mistakes) => {
    expect(readMistakes(text).map(({ path, message }) => [placeText(path), message])).toEqual(mistakes);
  });
});
