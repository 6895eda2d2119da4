/** The variables of a dashboard, its saved views, and the way to change both. */
import { Bookmark, BookmarkPlus, SlidersHorizontal, Trash2 } from 'lucide-react';
import { useState } from 'react';

import { Button, IconButton, Menu, type MenuEntry } from '../../components';
import type { Dashboard, TemplateVariable, TemplateVariablePreset } from '../model';
import { presetFrom, presetOf, valuesOfPreset } from '../url';
import { valuesOf, type VariableValues } from '../variables';
import { SaveViewDialog } from './SaveViewDialog';
import { VariableSelect } from './VariableSelect';
import { VariablesDialog } from './VariablesDialog';
import styles from './variables.module.css';

interface Props {
  dashboard: Pick<Dashboard, 'widgets' | 'template_variables' | 'template_variable_presets'>;
  values: VariableValues;
  onChange: (values: Record<string, readonly string[] | undefined>) => void;
  /** Absent while the dashboard is only read. */
  onDefine?: ((patch: Pick<Dashboard, 'template_variables' | 'template_variable_presets'>, label: string) => void) | undefined;
}

const NO_VARIABLES: readonly TemplateVariable[] = [];
const NO_VIEWS: readonly TemplateVariablePreset[] = [];

export function VariablesBar({ dashboard, values, onChange, onDefine }: Props) {
  const [dialog, setDialog] = useState<'variables' | 'view' | null>(null);
  const declared = dashboard.template_variables ?? NO_VARIABLES;
  const views = dashboard.template_variable_presets ?? NO_VIEWS;
  const current = presetOf(views, declared, values);
  const saveView = (name: string) => {
    const view = presetFrom(name, declared, values);
    onDefine?.({ template_variable_presets: [...views.filter((other) => other.name !== name), view] }, `save view “${name}”`);
  };
  const reset = () => onChange(Object.fromEntries(declared.map(({ name }) => [name, undefined])));
  const items: MenuEntry[] = [
    { label: 'Default', run: reset },
    ...views.map((view) => ({ label: `${view === current ? '✓ ' : ''}${view.name}`, icon: <Bookmark />, run: () => onChange(valuesOfPreset(view, declared)) })),
  ];
  if (onDefine) {
    items.push('-', { label: 'Save these values as a view', icon: <BookmarkPlus />, run: () => setDialog('view') });
    if (current) {
      items.push({
        label: `Delete the view “${current.name}”`,
        icon: <Trash2 />,
        danger: true,
        run: () => onDefine({ template_variable_presets: views.filter((view) => view !== current) }, `delete view “${current.name}”`),
      });
    }
  }
  return (
    <div className={styles.bar} role="group" aria-label="Variables">
      {declared.length > 0 && (
        <Menu align="start" items={items}>
          <Button kind="ghost" icon={<Bookmark />}>
            {current ? current.name : 'Saved views'}
          </Button>
        </Menu>
      )}
      {declared.map((variable) => (
        <VariableSelect
          key={variable.name}
          variable={variable}
          dashboard={dashboard}
          chosen={valuesOf(variable, values)}
          onChange={(next) => onChange({ [variable.name]: next })}
        />
      ))}
      {onDefine && declared.length > 0 && <IconButton label="Edit variables" icon={<SlidersHorizontal />} onClick={() => setDialog('variables')} />}
      {onDefine && declared.length === 0 && (
        <Button kind="ghost" icon={<SlidersHorizontal />} onClick={() => setDialog('variables')}>
          Add variables
        </Button>
      )}
      {dialog === 'view' && <SaveViewDialog taken={views.map(({ name }) => name)} onSave={saveView} onClose={() => setDialog(null)} />}
      {dialog === 'variables' && onDefine && (
        <VariablesDialog declared={declared} onSave={(next) => onDefine({ template_variables: next }, 'edit variables')} onClose={() => setDialog(null)} />
      )}
    </div>
  );
}
