import { ChartArea, ChartColumnBig, ChartLine, LayoutGrid, Plus, SquareFunction } from 'lucide-react';

import { Button, Tabs } from '../../components';
import { cx } from '../../util/cx';
import styles from './explorer.module.css';
import type { ExplorerState } from './state';

interface Props {
  state: ExplorerState;
  onShow: (patch: Partial<Record<'kind' | 'scale' | 'split', string>>) => void;
  onAdd: (isFormula: boolean) => void;
}

/** Under the queries: more of them, and how the result is drawn. */
export function Toolbar({ state, onShow, onAdd }: Props) {
  const isLog = state.scale === 'log';
  return (
    <div className={styles.toolbar}>
      <Button kind="ghost" icon={<Plus />} onClick={() => onAdd(false)}>
        Query
      </Button>
      <Button kind="ghost" icon={<SquareFunction />} onClick={() => onAdd(true)}>
        Formula
      </Button>
      <span className={styles.space} />
      <Button kind="ghost" icon={<LayoutGrid />} aria-pressed={state.isSplit} className={cx(state.isSplit && styles.pressed)} onClick={() => onShow({ split: state.isSplit ? '' : 'group' })}>
        One graph per group
      </Button>
      <Button
        kind="ghost"
        aria-pressed={isLog}
        className={cx(isLog && styles.pressed)}
        disabled={state.kind !== 'line'}
        title={state.kind === 'line' ? 'Logarithmic scale' : 'Stacks have a linear scale'}
        onClick={() => onShow({ scale: isLog ? '' : 'log' })}
      >
        Log
      </Button>
      <Tabs
        label="Draw as"
        kind="segment"
        value={state.kind}
        onChange={(kind) => onShow({ kind: kind === 'line' ? '' : kind })}
        tabs={[
          { id: 'line', label: <><ChartLine aria-hidden /> Lines</> },
          { id: 'area', label: <><ChartArea aria-hidden /> Area</> },
          { id: 'bars', label: <><ChartColumnBig aria-hidden /> Bars</> },
        ]}
      />
    </div>
  );
}
