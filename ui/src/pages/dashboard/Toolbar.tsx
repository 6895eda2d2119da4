/** Under the top bar: the variables. */
import { PanelTop } from 'lucide-react';

import { Button, Tabs } from '../../components';
import type { TileSize } from '../../dashboards/board';
import type { Dashboard } from '../../dashboards/model';
import type { VariableValues } from '../../dashboards/variables';
import { VariablesBar } from '../../dashboards/variables-bar/VariablesBar';
import styles from './dashboard.module.css';

const SIZES = ['s', 'm', 'l', 'xl'].map((id) => ({ id, label: id.toUpperCase() }));

interface Props {
  dashboard: Dashboard;
  values: VariableValues;
  onValues: (values: Record<string, readonly string[] | undefined>) => void;
  /** Undefined when the widgets have places of their own. */
  tileSize: TileSize | undefined;
  onTileSize: (size: TileSize) => void;
  /** Makes the first tabs; where there are some, they have a bar of their own. */
  onAddTab: (() => void) | undefined;
  onDefine: ((patch: Pick<Dashboard, 'template_variables' | 'template_variable_presets'>, label: string) => void) | undefined;
}

export function Toolbar({ dashboard, values, onValues, tileSize, onTileSize, onAddTab, onDefine }: Props) {
  const hasVariables = (dashboard.template_variables ?? []).length > 0;
  if (!hasVariables && !onDefine && !tileSize) return null;
  return (
    <div className={styles.toolbar}>
      <VariablesBar dashboard={dashboard} values={values} onChange={onValues} onDefine={onDefine} />
      {onAddTab && (
        <Button kind="ghost" className={styles.addTabs} icon={<PanelTop />} onClick={onAddTab}>
          Add tabs
        </Button>
      )}
      {tileSize && <Tabs kind="segment" label="Size of the widgets" tabs={SIZES} value={tileSize} onChange={(id) => onTileSize(id as TileSize)} />}
    </div>
  );
}
