/** A query: its letter (which draws it or not), its source, text, aggregator, name, and tools. */
import { ArrowDown, ArrowUp, CopyPlus, Ellipsis, Trash2 } from 'lucide-react';

import { Input, Menu, Select, Tooltip, type MenuEntry } from '../../../components';
import { cx } from '../../../util/cx';
import type { Field } from '../forms/field';
import { FieldView } from '../forms/FieldView';
import formStyles from '../forms/form.module.css';
import { Functions } from './Functions';
import styles from './queries.module.css';
import * as requests from './requests';
import { SourceSelect } from './SourceSelect';
import { METRICS, sourceName } from './sources';
import { TextLine } from './TextLine';

interface Props {
  request: requests.Request;
  at: number;
  /** How it is shown. */
  letter: string;
  shape: requests.Shape;
  formulaFields: readonly Field[];
  onChange: (request: requests.Request) => void;
}

const AGGREGATORS = ['avg', 'sum', 'min', 'max', 'last', 'percentile', 'mean', 'l2norm', 'area'].map((value) => ({ value, label: value }));

export function QueryRow({ request, at, letter, shape, formulaFields, onChange }: Props) {
  const all = requests.queriesOf(request);
  const query = all[at];
  if (!query) return null;
  const drawnAt = requests.drawnAt(request, query.name);
  const isDrawn = drawnAt >= 0;
  const patch = (change: Record<string, unknown>) => onChange(requests.setQuery(request, at, change));
  const items: MenuEntry[] = [
    { label: 'Duplicate', icon: <CopyPlus />, run: () => onChange(requests.duplicateQuery(request, at)) },
    { label: 'Move up', icon: <ArrowUp />, disabled: at === 0, run: () => onChange(requests.moveQuery(request, at, -1)) },
    { label: 'Move down', icon: <ArrowDown />, disabled: at === all.length - 1, run: () => onChange(requests.moveQuery(request, at, 1)) },
    '-',
    { label: 'Remove', icon: <Trash2 />, danger: true, disabled: all.length === 1, run: () => onChange(requests.removeQuery(request, at)) },
  ];
  return (
    <div className={styles.item} role="group" aria-label={`Query ${letter}`}>
      <div className={styles.query}>
        <Tooltip text={isDrawn ? `Do not draw ${letter}` : `Draw ${letter}`}>
          <button type="button" className={cx(styles.letter, !isDrawn && styles.off)} aria-label={`Draw query ${letter}`} aria-pressed={isDrawn} onClick={() => onChange(requests.toggleDrawn(request, query.name))}>
            {letter}
          </button>
        </Tooltip>
        <SourceSelect value={query.source} letter={letter} onChange={(source) => patch({ data_source: source })} />
        {query.source === METRICS ? (
          <TextLine label={`Query ${letter}`} text={query.text} onChange={(text) => patch({ query: text })} />
        ) : (
          <div className={styles.waits}>
            <code>{query.text === '' ? '*' : query.text}</code>
            <span>waits for {sourceName(query.source).toLowerCase()}; kept as it is</span>
          </div>
        )}
        {query.source === METRICS && <Functions onPick={(name) => patch({ query: `${name}(${query.text})` })} />}
        <Menu items={items}>
          <button type="button" className={styles.more} aria-label={`Query ${letter}: more`}>
            <Ellipsis />
          </button>
        </Menu>
      </div>
      <div className={styles.details}>
        {shape === 'scalar' && query.source === METRICS && (
          <label className={styles.detail}>
            <span>Value</span>
            <Select aria-label={`Value of query ${letter}`} options={AGGREGATORS} value={query.aggregator ?? 'avg'} onChange={(aggregator) => patch({ aggregator })} />
          </label>
        )}
        {isDrawn && <Alias request={request} at={drawnAt} label={`Name of query ${letter}`} onChange={onChange} />}
      </div>
      {isDrawn && <FormulaFields fields={formulaFields} request={request} at={drawnAt} onChange={onChange} />}
    </div>
  );
}

interface OfFormula {
  request: requests.Request;
  at: number;
  onChange: (request: requests.Request) => void;
}

export function Alias({ request, at, label, onChange }: OfFormula & { label: string }) {
  const alias = requests.formulasOf(request)[at]?.alias ?? '';
  return (
    <label className={cx(styles.detail, styles.alias)}>
      <span>as</span>
      <Input aria-label={label} placeholder="Its own name" value={alias} onChange={(event) => onChange(requests.setFormula(request, at, { alias: event.currentTarget.value === '' ? undefined : event.currentTarget.value }))} />
    </label>
  );
}

export function FormulaFields({ fields, request, at, onChange }: OfFormula & { fields: readonly Field[] }) {
  if (fields.length === 0) return null;
  const raw = (Array.isArray(request['formulas']) ? (request['formulas'] as unknown[])[at] : undefined) ?? {};
  return (
    <div className={cx(formStyles.fields, styles.formulaFields)}>
      {fields.map((field) => (
        <FieldView key={field.path} field={field} scope={raw as Record<string, unknown>} onChange={(next) => onChange(replaced(request, at, next))} />
      ))}
    </div>
  );
}

/** The whole formula; what was taken out of it is out. */
function replaced(request: requests.Request, at: number, next: Record<string, unknown>): requests.Request {
  const old = (Array.isArray(request['formulas']) ? (request['formulas'] as unknown[])[at] : undefined) ?? {};
  const gone = Object.fromEntries(Object.keys(old as object).filter((key) => !(key in next)).map((key) => [key, undefined]));
  return requests.setFormula(request, at, { ...gone, ...next });
}
