import { cleanup, render } from '@testing-library/react';
import { afterEach, expect, it } from 'vitest';

import { currentActions, useActions, type Layer } from './registry';

afterEach(cleanup);

function Part({ label, layer }: { label: string; layer: Layer }) {
  useActions([{ id: 'shell.full', label, group: 'Here', run: () => undefined }], layer);
  return null;
}

const labels = () => currentActions().map(({ label }) => label);

// Effects of what is inside run before those of what is around: the page's actions may come first.
it.each([[['page', 'shell']], [['shell', 'page']]] as const)('a page’s action stands in for the shell’s, mounted as %j', (layers) => {
  const { unmount } = render(layers.map((layer) => <Part key={layer} label={layer} layer={layer} />));
  expect(labels()).toEqual(['page']);
  unmount();
  expect(labels()).toEqual([]);
});
