/** One request: how it is drawn, its queries and formulas, and what can be done with it. */
import { ArrowDown, ArrowUp, CopyPlus, History, Plus, SquareFunction, Trash2, Ellipsis } from 'lucide-react';
import type { ReactNode } from 'react';

import { Button, Menu, type MenuEntry } from '../../../components';
import type { QueriesForm } from '../forms/field';
import { cx } from '../../../util/cx';
import { FieldView } from '../forms/FieldView';
import formStyles from '../forms/form.module.css';
import { setAt } from '../path';
import { FormulaRow } from './FormulaRow';
import { lettersOf } from './letters';
import styles from './queries.module.css';
import { QueryRow } from './QueryRow';
import * as requests from './requests';
import { TextLine } from './TextLine';

export interface RequestTools {
  /** `by`: -1 up, 1 down. Absent at an end. */
  move?: ((by: number) => void) | undefined;
  isFirst: boolean;
  isLast: boolean;
  duplicate: () => void;
  remove: () => void;
  compare?: ((seconds: number, words: string) => void) | undefined;
}

interface Props {
  title: string;
  request: requests.Request;
  form: QueriesForm;
  tools?: RequestTools | undefined;
  onChange: (request: requests.Request) => void;
}

const PAST: readonly (readonly [string, number])[] = [
  ['hour before', 3600],
  ['day before', 86_400],
  ['week before', 604_800],
  ['month before', 2_592_000],
];

export function RequestCard({ title, request, form, tools, onChange }: Props) {
  const asked = requests.formOf(request);
  return (
    <section className={styles.card} aria-label={title}>
      <header className={styles.cardHead}>
        <h3>{title}</h3>
        {tools && <Tools title={title} tools={tools} />}
      </header>
      {asked === 'formulas' && <Queries request={request} form={form} onChange={(next) => onChange(form.complete?.(next) ?? next)} />}
      {asked === 'text' && (
        <Plain note={Array.isArray(form.requests) ? '' : 'A request of the older form: expressions with commas between them.'}>
          <TextLine label={`${title}: expression`} text={String(request['q'])} unchecked onChange={(q) => onChange({ ...request, q })} />
        </Plain>
      )}
      {asked === 'histogram' && (
        <Plain note="The distribution of all values of this query.">
          <TextLine label={`${title}: query`} text={String((request['query'] as { query?: unknown }).query ?? '')} onChange={(text) => onChange(setAt({ ...request }, ['query', 'query'], text))} />
        </Plain>
      )}
      {asked === 'other' && <p className={styles.note}>Its data comes from a source that has no form yet. It is kept as it is; the JSON tab shows it.</p>}
      {form.fields && form.fields.length > 0 && (
        <div className={cx(formStyles.fields, styles.look)}>
          {form.fields.map((field) => (
            <FieldView key={field.path} field={field} scope={request} onChange={onChange} />
          ))}
        </div>
      )}
    </section>
  );
}

function Plain({ note, children }: { note: string; children: ReactNode }) {
  return (
    <div className={styles.item}>
      {children}
      {note !== '' && <p className={styles.note}>{note}</p>}
    </div>
  );
}

function Tools({ title, tools }: { title: string; tools: RequestTools }) {
  const { move, compare } = tools;
  const items: MenuEntry[] = [{ label: 'Duplicate', icon: <CopyPlus />, run: tools.duplicate }];
  if (move) {
    items.push({ label: 'Move up', icon: <ArrowUp />, disabled: tools.isFirst, run: () => move(-1) }, { label: 'Move down', icon: <ArrowDown />, disabled: tools.isLast, run: () => move(1) });
  }
  if (compare) items.push('-', ...PAST.map(([words, seconds]): MenuEntry => ({ label: `Compare to the ${words}`, icon: <History />, run: () => compare(seconds, words) })));
  items.push('-', { label: 'Remove', icon: <Trash2 />, danger: true, disabled: tools.isFirst && tools.isLast, run: tools.remove });
  return (
    <Menu items={items}>
      <button type="button" className={styles.more} aria-label={`${title}: more`}>
        <Ellipsis />
      </button>
    </Menu>
  );
}

function Queries({ request, form, onChange }: Omit<Props, 'title' | 'tools'>) {
  const queries = requests.queriesOf(request);
  const names = queries.map(({ name }) => name);
  const letters = lettersOf(names);
  const formulas = requests.formulasOf(request).map((formula, at) => ({ ...formula, at })).filter(({ formula }) => !names.includes(formula.trim()));
  const fields = form.formulaFields ?? [];
  return (
    <div className={styles.items}>
      {queries.map(({ name }, at) => (
        <QueryRow key={`${name}.${at}`} request={request} at={at} letter={letters.get(name) ?? name} shape={form.shape} formulaFields={fields} onChange={onChange} />
      ))}
      {formulas.map(({ at }, index) => (
        <FormulaRow key={at} request={request} at={at} number={index + 1} letters={letters} formulaFields={fields} onChange={onChange} />
      ))}
      <div className={styles.adds}>
        <Button kind="ghost" icon={<Plus />} onClick={() => onChange(requests.addQuery(request, form.shape))}>
          Add query
        </Button>
        <Button kind="ghost" icon={<SquareFunction />} disabled={queries.length === 0} onClick={() => onChange(requests.addFormula(request))}>
          Add formula
        </Button>
      </div>
    </div>
  );
}
