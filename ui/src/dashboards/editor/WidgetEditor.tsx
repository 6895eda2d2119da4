/**
 * Edits one widget: a live preview, and beside it a form of its kind or its JSON. Both change the
 * same definition; it goes to the dashboard in one step when it is saved.
 */
import { useDeferredValue, useEffect, useRef, useState } from 'react';

import { Button, Select, Tabs } from '../../components';
import { useDebounced } from '../../util/use-debounced';
import { kindOf } from '../../widgets/registry';
import type { Widget, WidgetDefinition } from '../model';
import type { Variables } from '../variables';
import { alikeOf, converted } from './convert';
import styles from './editor.module.css';
import { EditorDialog } from './EditorDialog';
import { Form } from './Form';
import { JsonTab } from './JsonTab';
import { mistakesOf, useMistakes } from './mistakes';
import { Preview } from './Preview';
import { QueriesEditor } from './queries/QueriesEditor';
import { formOf } from './forms';

export interface WidgetEditorProps {
  widget: Widget;
  variables: Variables;
  dashboardId?: string;
  /** Just added: it is gone again when this is left without saving. */
  isNew?: boolean;
  onSave: (definition: WidgetDefinition) => void;
  /** Also after saving. */
  onClose: (isSaved: boolean) => void;
}

const TABS = [
  { id: 'form', label: 'Form' },
  { id: 'json', label: 'JSON' },
];
const TYPING_MS = 350;

export default function WidgetEditor({ widget, variables, dashboardId, isNew = false, onSave, onClose }: WidgetEditorProps) {
  const [definition, setDefinition] = useState(widget.definition);
  const [tab, setTab] = useState('form');
  const [broken, setBroken] = useState<string>();
  const [isLeaving, setLeaving] = useState(false);
  const [isBusy, setBusy] = useState(false);
  const shown = useDeferredValue(useDebounced(definition, TYPING_MS));
  const mistakes = useMistakes(shown);
  const form = formOf(definition.type);
  const isChanged = broken !== undefined || JSON.stringify(definition) !== JSON.stringify(widget.definition);
  const label = kindOf(definition.type)?.label ?? definition.type;
  const change = (next: Record<string, unknown>) => setDefinition(next as WidgetDefinition);

  const save = async () => {
    if (broken !== undefined || isBusy) return;
    setBusy(true);
    // Asked for what is shown already, or now.
    const wrong = await mistakesOf(definition);
    setBusy(false);
    if (wrong.length > 0) return;
    if (isChanged) onSave(definition);
    onClose(isChanged || isNew);
  };
  const close = () => {
    // The second time answers the question: it was not meant so.
    if (isChanged) return setLeaving(!isLeaving);
    onClose(false);
  };
  const alike = alikeOf(definition.type);
  const showJson = (next: string) => {
    setTab(next);
    if (next === 'form') setBroken(undefined);
  };
  return (
    <EditorDialog
      title={isNew ? `Add ${label.toLowerCase()}` : `Edit ${label.toLowerCase()}`}
      onSave={() => void save()}
      onClose={close}
      head={
        <>
          {alike.length > 0 && (
            <Select aria-label="Kind of graph" options={alike.map((type) => ({ value: type, label: kindOf(type)?.label ?? type }))} value={definition.type} onChange={(type) => setDefinition(converted(definition, type))} />
          )}
          <span className={styles.space} />
          <Tabs kind="segment" label="Edit as" tabs={TABS} value={tab} onChange={showJson} />
        </>
      }
      foot={
        isLeaving ? (
          <Leaving isNew={isNew} onStay={() => setLeaving(false)} onLeave={() => onClose(false)} />
        ) : (
          <>
            <span className={styles.keys}>
              <kbd>Ctrl</kbd> <kbd>Enter</kbd> saves
            </span>
            <Button onClick={close}>Cancel</Button>
            <Button kind="primary" busy={isBusy} disabled={broken !== undefined} onClick={() => void save()}>
              Save
            </Button>
          </>
        )
      }
    >
      <div className={tab === 'json' ? styles.withJson : styles.withForm}>
        <div className={styles.left}>
          <Preview definition={shown} layout={widget.layout} variables={variables} dashboardId={dashboardId} mistakes={mistakes} broken={broken} />
          {tab === 'form' && form.queries && (
            <div className={styles.queries} data-first>
              <QueriesEditor key={definition.type} form={form.queries} definition={definition} onChange={change} />
            </div>
          )}
        </div>
        <div className={styles.right} data-first={form.queries ? undefined : ''}>
          {tab === 'json' ? <JsonTab definition={definition} mistakes={mistakes} onChange={setDefinition} onBroken={setBroken} /> : <Form definition={definition} onChange={change} onJson={() => setTab('json')} />}
        </div>
      </div>
    </EditorDialog>
  );
}

/** In place of the buttons: changes would be lost. */
function Leaving({ isNew, onStay, onLeave }: { isNew: boolean; onStay: () => void; onLeave: () => void }) {
  const stay = useRef<HTMLButtonElement>(null);
  useEffect(() => stay.current?.focus(), []);
  return (
    <div role="alertdialog" aria-label="Discard the changes?" className={styles.leaving}>
      <span>{isNew ? 'Leave without adding this widget?' : 'Discard what you changed?'}</span>
      <Button ref={stay} onClick={onStay}>
        Keep editing
      </Button>
      <Button kind="danger" onClick={onLeave}>
        Discard
      </Button>
    </div>
  );
}
