/** Any metric, asked and seen: queries on top, the graph under them, all of it in the address. */
import { useRef, useState } from 'react';

import type { Action } from '../../actions';
import { Graph, type ChartKind, useTimeseries } from '../../charts';
import { timeseriesOf } from '../../dashboards/share/definition';
import type { EditorHandle } from '../../editor/QueryEditor';
import { Page } from '../../shell';
import { useTime } from '../../time';
import { useParams, useSetParams } from '../../util/url-state';
import styles from './explorer.module.css';
import { LineEditor } from './LineEditor';
import { NothingFound } from './NothingFound';
import { freeName, readState, requestOf, toggledOff, withFilter, type ExplorerState } from './state';
import { SplitGraphs } from './SplitGraphs';
import { Start } from './Start';
import { Toolbar } from './Toolbar';

export default function MetricExplorer() {
  const params = useParams();
  const setParams = useSetParams();
  const { range } = useTime();
  const state = readState(params);
  // A line that was added and not yet run is not in the address.
  const [added, setAdded] = useState<readonly string[]>([]);
  const first = useRef<EditorHandle>(null);

  const written = state.lines.map(({ name }) => name);
  const names = [...new Set([...(written.includes('a') ? [] : ['a']), ...written, ...added])].sort(byKind);
  const request = requestOf(state.lines);
  const result = useTimeseries(request.queries, request.formulas, range);

  const add = (isFormula: boolean) => {
    const name = freeName(names, isFormula);
    if (name) setAdded([...added, name]);
  };
  const remove = (name: string) => {
    setAdded(added.filter((other) => other !== name));
    setParams({ [name]: undefined });
  };
  const onFilter = (tag: string, isOut: boolean) => {
    const changed = state.lines.filter((line) => !line.isFormula).map((line) => [line.name, withFilter(line.text, tag, isOut)]);
    setParams(Object.fromEntries(changed) as Record<string, string>);
  };
  const show = (patch: Partial<Record<'kind' | 'scale' | 'split', string>>) => setParams(patch, { replace: true });

  const isAsking = request.formulas.length > 0;
  const title = request.formulas
    .map((formula) => request.queries.find(({ name }) => name === formula)?.query ?? formula)
    .join(', ');
  return (
    <Page
      title="Metrics explorer"
      crumbs={[{ label: 'Metrics', to: '/metric/summary' }]}
      time
      layout="fill"
      actions={actionsOf(state, { focus: () => first.current?.focus(), add, show })}
    >
      <section className={styles.queries} aria-label="Queries">
        {names.map((name) => {
          const line = state.lines.find((one) => one.name === name);
          return (
            <LineEditor
              key={name}
              name={name}
              text={line?.text ?? ''}
              isOff={line?.isOff ?? false}
              queryNames={written.filter((other) => !other.startsWith('f'))}
              isNew={added.includes(name) && !line}
              onRun={(text) => setParams({ [name]: text.trim() === '' ? undefined : text.trim() })}
              onToggle={() => setParams({ off: toggledOff(state.lines, name) }, { replace: true })}
              {...(names.length > 1 ? { onRemove: () => remove(name) } : {})}
              {...(name === names[0] ? { ref: first } : {})}
            />
          );
        })}
        <Toolbar state={state} onShow={show} onAdd={add} />
      </section>
      <section className={styles.result} aria-label="Result">
        {!isAsking ? (
          <Start isHidden={state.lines.length > 0} onPick={(metric) => setParams({ a: `avg:${metric}{*}` })} />
        ) : state.isSplit && result.data && result.data.series.length > 1 ? (
          <SplitGraphs data={result.data} result={result} kind={state.kind} scale={state.scale} onFilter={onFilter} />
        ) : (
          <Graph
            title={title}
            result={result}
            kind={state.kind}
            scale={state.scale}
            legend
            widget={() => timeseriesOf({ title, queries: request.queries, formulas: request.formulas, kind: state.kind, scale: state.scale })}
            onFilter={onFilter}
            empty={<NothingFound queries={request.queries} />}
          />
        )}
      </section>
    </Page>
  );
}

/** Queries before formulas, each by name. */
function byKind(a: string, b: string): number {
  return a.length - b.length || a.localeCompare(b);
}

interface Can {
  focus: () => void;
  add: (isFormula: boolean) => void;
  show: (patch: Partial<Record<'kind' | 'scale' | 'split', string>>) => void;
}

function actionsOf(state: ExplorerState, { focus, add, show }: Can): Action[] {
  const kind = (name: ChartKind, label: string): Action => ({
    id: `explorer.${name}`,
    label: `Draw as ${label}`,
    group: 'Metrics explorer',
    run: () => show({ kind: name }),
  });
  return [
    { id: 'explorer.focus', label: 'Edit the query', group: 'Metrics explorer', shortcut: '/', run: focus },
    { id: 'explorer.add', label: 'Add a query', group: 'Metrics explorer', shortcut: 'q', run: () => add(false) },
    { id: 'explorer.formula', label: 'Add a formula', group: 'Metrics explorer', run: () => add(true) },
    kind('line', 'lines'),
    kind('area', 'stacked areas'),
    kind('bars', 'bars'),
    { id: 'explorer.log', label: state.scale === 'log' ? 'Linear scale' : 'Logarithmic scale', group: 'Metrics explorer', run: () => show({ scale: state.scale === 'log' ? '' : 'log' }) },
    { id: 'explorer.split', label: state.isSplit ? 'One graph for all groups' : 'One graph per group', group: 'Metrics explorer', run: () => show({ split: state.isSplit ? '' : 'group' }) },
  ];
}
