/** Edits one widget: its definition beside a preview of it. */
import { useState } from 'react';

import { Button, Dialog } from '../../components';
import { readJson } from '../../editor/read-json';
import { JsonEditor } from '../../editor/JsonEditor';
import { WidgetView } from '../../widgets/WidgetView';
import dialog from '../dialogs/dialogs.module.css';
import type { Widget, WidgetDefinition } from '../model';
import type { Variables } from '../variables';
import styles from './editor.module.css';

export interface WidgetEditorProps {
  widget: Widget;
  variables: Variables;
  onSave: (definition: WidgetDefinition) => void;
  onClose: () => void;
}

export default function WidgetEditor({ widget, variables, onSave, onClose }: WidgetEditorProps) {
  const [text, setText] = useState(() => JSON.stringify(widget.definition, null, 2));
  const read = readJson(text);
  const definition = read.ok ? asDefinition(read.value) : undefined;
  const mistake = read.ok ? (definition ? undefined : 'A definition is an object with a “type”') : read.message;
  return (
    <Dialog title="Edit widget" size="wide" onClose={onClose}>
      <div className={dialog.body}>
        <div className={styles.preview}>{definition && <WidgetView definition={definition} variables={variables} eager />}</div>
        <JsonEditor label="Definition" value={text} onChange={setText} className={styles.json} />
        {mistake && (
          <p role="alert" className={dialog.error}>
            {mistake}
          </p>
        )}
        <div className={dialog.actions}>
          <Button onClick={onClose}>Cancel</Button>
          <Button
            kind="primary"
            disabled={!definition}
            onClick={() => {
              if (definition) onSave(definition);
              onClose();
            }}
          >
            Save
          </Button>
        </div>
      </div>
    </Dialog>
  );
}

function asDefinition(value: unknown): WidgetDefinition | undefined {
  const isOne = typeof value === 'object' && value !== null && typeof (value as { type?: unknown }).type === 'string';
  return isOne ? (value as WidgetDefinition) : undefined;
}
