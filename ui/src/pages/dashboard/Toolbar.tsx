/** Under the top bar: the variables. */
import type { Dashboard } from '../../dashboards/model';
import type { VariableValues } from '../../dashboards/variables';
import { VariablesBar } from '../../dashboards/variables-bar/VariablesBar';
import styles from './dashboard.module.css';

interface Props {
  dashboard: Dashboard;
  values: VariableValues;
  onValues: (values: Record<string, readonly string[] | undefined>) => void;
  onDefine: ((patch: Pick<Dashboard, 'template_variables' | 'template_variable_presets'>, label: string) => void) | undefined;
}

export function Toolbar({ dashboard, values, onValues, onDefine }: Props) {
  const hasVariables = (dashboard.template_variables ?? []).length > 0;
  if (!hasVariables && !onDefine) return null;
  return (
    <div className={styles.toolbar}>
      <VariablesBar dashboard={dashboard} values={values} onChange={onValues} onDefine={onDefine} />
    </div>
  );
}
