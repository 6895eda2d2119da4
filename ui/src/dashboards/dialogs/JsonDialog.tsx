import { Download } from 'lucide-react';
import { lazy, Suspense, useState } from 'react';

import { Button, CopyButton, Dialog, Skeleton } from '../../components';
import { readJson } from '../../editor/read-json';
import type { Dashboard } from '../model';
import { downloadDashboard } from '../export';
import styles from './dialogs.module.css';

const JsonEditor = lazy(async () => ({ default: (await import('../../editor/JsonEditor')).JsonEditor }));

interface Props {
  dashboard: Dashboard;
  /** Absent while the dashboard is only read. */
  onSave?: ((dashboard: Dashboard) => void) | undefined;
  onClose: () => void;
}

/** The whole definition, to read, copy and change. */
export function JsonDialog({ dashboard, onSave, onClose }: Props) {
  const [text, setText] = useState(() => JSON.stringify(dashboard, null, 2));
  const read = readJson(text);
  const mistake = read.ok ? mistakeOf(read.value) : read.message;
  return (
    <Dialog title={`JSON of ${dashboard.title}`} size="wide" onClose={onClose}>
      <div className={styles.body}>
        <div className={styles.editor}>
          <Suspense fallback={<Skeleton height="100%" />}>
            <JsonEditor label="Dashboard JSON" value={text} onChange={onSave ? setText : undefined} className={styles.inner} />
          </Suspense>
        </div>
        {mistake && (
          <p role="alert" className={styles.error}>
            {mistake}
          </p>
        )}
        <div className={styles.actions}>
          <CopyButton text={text} label="Copy JSON" />
          <Button icon={<Download />} onClick={() => downloadDashboard(dashboard)}>
            Download
          </Button>
          <Button onClick={onClose}>Close</Button>
          {onSave && (
            <Button
              kind="primary"
              disabled={mistake !== undefined}
              onClick={() => {
                if (read.ok) onSave(read.value as Dashboard);
                onClose();
              }}
            >
              Save
            </Button>
          )}
        </div>
      </div>
    </Dialog>
  );
}

function mistakeOf(value: unknown): string | undefined {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return 'A dashboard is an object';
  const { title, widgets, layout_type } = value as Record<string, unknown>;
  if (typeof title !== 'string' || title === '') return 'title: a text is missing';
  if (layout_type !== 'ordered' && layout_type !== 'free') return 'layout_type: ordered or free';
  return Array.isArray(widgets) ? undefined : 'widgets: a list is missing';
}
