import { Braces } from 'lucide-react';

import { Button } from '../../components';
import type { WidgetDefinition } from '../model';
import styles from './editor.module.css';
import { formOf } from './forms';
import { Sections } from './forms/Sections';
import { TimeSection } from './forms/TimeSection';
import { setAt } from './path';

interface Props {
  definition: WidgetDefinition;
  onChange: (definition: Record<string, unknown>) => void;
  onJson: () => void;
}

/** Everything of a kind but its queries. */
export function Form({ definition, onChange, onJson }: Props) {
  const form = formOf(definition.type);
  return (
    <div className={styles.form} key={definition.type}>
      {form.note && (
        <div className={styles.note}>
          <p>{form.note}</p>
          <Button icon={<Braces />} onClick={onJson}>
            Edit as JSON
          </Button>
        </div>
      )}
      <Sections sections={form.sections} definition={definition} onChange={onChange} />
      {form.hasTime && <TimeSection time={definition.time} onChange={(time) => onChange(setAt({ ...definition }, ['time'], time))} />}
    </div>
  );
}
