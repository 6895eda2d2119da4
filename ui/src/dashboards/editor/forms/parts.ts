/** Fields that several kinds have. */
import { options, type Field, type Section, type SelectSpec } from './field';

export const PALETTES = options(
  ['dog_classic', 'Classic'],
  ['semantic', 'Semantic'],
  ['cool', 'Cool'],
  ['warm', 'Warm'],
  ['purple', 'Purple'],
  ['orange', 'Orange'],
  ['gray', 'Gray'],
  ['red', 'Red'],
  ['green', 'Green'],
  ['blue', 'Blue'],
  ['datadog16', 'Datadog 16'],
);

export const ALIGN = options('left', 'center', 'right');

export const palette = (path: string): SelectSpec => ({ kind: 'select', path, label: 'Palette', options: PALETTES, fallback: 'dog_classic', half: true });

export function axis(path: string, title: string): Section {
  return {
    title,
    folded: true,
    fields: [
      { kind: 'text', path: `${path}.label`, label: 'Label', placeholder: 'None' },
      { kind: 'text', path: `${path}.min`, label: 'Minimum', placeholder: 'auto', half: true },
      { kind: 'text', path: `${path}.max`, label: 'Maximum', placeholder: 'auto', half: true },
      { kind: 'select', path: `${path}.scale`, label: 'Scale', options: options('linear', ['log', 'Logarithmic'], ['sqrt', 'Square root'], ['pow', 'Power']), fallback: 'linear' },
      { kind: 'switch', path: `${path}.include_zero`, label: 'Always show zero', fallback: true },
    ],
  };
}

export const MARKERS: Section = {
  title: 'Markers',
  folded: true,
  fields: [
    {
      kind: 'rows',
      path: 'markers',
      label: 'Markers',
      bare: true,
      add: 'Add marker',
      make: () => ({ value: 'y = 0', display_type: 'error dashed' }),
      fields: [
        { kind: 'text', path: 'value', label: 'Value', mono: true, required: true, placeholder: 'y > 80', help: 'y = 80, y > 80, or 60 < y < 80', half: true },
        {
          kind: 'select',
          path: 'display_type',
          label: 'Looks',
          half: true,
          fallback: 'error dashed',
          options: options(...(['error', 'warning', 'ok', 'info'] as const).flatMap((state) => (['dashed', 'solid', 'bold'] as const).map((line): [string, string] => [`${state} ${line}`, `${state.charAt(0).toUpperCase()}${state.slice(1)}, ${line}`]))),
        },
        { kind: 'text', path: 'label', label: 'Label', placeholder: 'None' },
      ],
    },
  ],
};

export const EVENTS: Section = {
  title: 'Event overlay',
  folded: true,
  fields: [
    {
      kind: 'rows',
      path: 'events',
      label: 'Event queries',
      bare: true,
      add: 'Add event query',
      make: () => ({ q: '' }),
      fields: [{ kind: 'text', path: 'q', label: 'Search', mono: true, required: true, placeholder: 'source:deploy service:web', help: 'Events that match are drawn as lines' }],
    },
  ],
};

const CONDITION_PALETTES = options(
  ['white_on_red', 'White on red'],
  ['white_on_yellow', 'White on yellow'],
  ['white_on_green', 'White on green'],
  ['white_on_gray', 'White on gray'],
  ['black_on_light_red', 'Black on light red'],
  ['black_on_light_yellow', 'Black on light yellow'],
  ['black_on_light_green', 'Black on light green'],
  ['red_on_white', 'Red text'],
  ['yellow_on_white', 'Yellow text'],
  ['green_on_white', 'Green text'],
  ['custom_bg', 'Own background'],
  ['custom_text', 'Own text colour'],
  ['custom_image', 'Image'],
  ['blue', 'Blue'],
);

/** Of a request or of a formula. */
export const conditions = (path = 'conditional_formats'): Field => ({
  kind: 'rows',
  path,
  label: 'Conditional formats',
  help: 'The first one that holds is shown',
  add: 'Add conditional format',
  make: () => ({ comparator: '>', value: 0, palette: 'white_on_red' }),
  fields: [
    { kind: 'select', path: 'comparator', label: 'If the value is', options: options(['>', '>'], ['>=', '≥'], ['<', '<'], ['<=', '≤'], ['=', '=']), fallback: '>', half: true },
    { kind: 'number', path: 'value', label: 'Value', half: true },
    { kind: 'select', path: 'palette', label: 'Show it as', options: CONDITION_PALETTES, fallback: 'white_on_red' },
    { kind: 'text', path: 'custom_bg_color', label: 'Background', placeholder: '#632ca6', half: true, when: (row) => row['palette'] === 'custom_bg' },
    { kind: 'text', path: 'custom_fg_color', label: 'Text', placeholder: '#ffffff', half: true, when: (row) => row['palette'] === 'custom_bg' || row['palette'] === 'custom_text' },
    { kind: 'text', path: 'image_url', label: 'Address of the image', placeholder: 'https://…', when: (row) => row['palette'] === 'custom_image' },
  ],
});

export const FORMULA_LIMIT: readonly Field[] = [
  { kind: 'number', path: 'limit.count', label: 'At most', min: 1, placeholder: 'all', half: true },
  { kind: 'select', path: 'limit.order', label: 'Of these the', options: options(['desc', 'Highest'], ['asc', 'Lowest']), fallback: 'desc', half: true },
];

export const STYLE_SECTION: Section = { title: 'Style', fields: [palette('requests.0.style.palette')] };

/** Title, time and links: of nearly every kind. */
export const TITLE: Section = {
  title: 'Heading',
  fields: [
    { kind: 'text', path: 'title', label: 'Title', placeholder: 'None', required: true },
    { kind: 'text', path: 'title_size', label: 'Size', placeholder: '16', half: true },
    { kind: 'select', path: 'title_align', label: 'Align', options: ALIGN, fallback: 'left', half: true },
  ],
};

export const LINKS: Section = {
  title: 'Links',
  folded: true,
  fields: [
    {
      kind: 'rows',
      path: 'custom_links',
      label: 'Links',
      bare: true,
      help: 'In the menu of each point, row and value',
      add: 'Add link',
      make: () => ({ label: '', link: '' }),
      fields: [
        { kind: 'text', path: 'label', label: 'Label', required: true, placeholder: 'Runbook of {{service.value}}' },
        { kind: 'text', path: 'link', label: 'Address', mono: true, required: true, placeholder: 'https://…/{{host.value}}', help: '{{host.value}}, {{$env.value}}, {{timestamp_start}} are filled in' },
      ],
    },
  ],
};
