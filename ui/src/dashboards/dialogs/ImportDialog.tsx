/** A dashboard from a file or from text, in any form that there ever was. */
import { useState, type DragEvent } from 'react';

import { Button, Dialog } from '../../components';
import { cx } from '../../util/cx';
import { importDashboard, type Imported } from '../api';
import styles from './dialogs.module.css';

interface Props {
  title: string;
  /** Whether it becomes a dashboard of its own. */
  isSaved: boolean;
  onDone: (imported: Imported) => void;
  onClose: () => void;
}

const BYTES_MAX = 4 * 1024 * 1024;

export function ImportDialog({ title, isSaved, onDone, onClose }: Props) {
  const [text, setText] = useState('');
  const [error, setError] = useState<string>();
  const [isBusy, setBusy] = useState(false);
  const [isOver, setOver] = useState(false);
  const read = async (file: File | undefined) => {
    if (!file) return;
    if (file.size > BYTES_MAX) return setError(`${file.name} is larger than 4 MB`);
    setError(undefined);
    setText(await file.text());
  };
  const run = async () => {
    setBusy(true);
    setError(undefined);
    try {
      onDone(await importDashboard(text, isSaved));
    } catch (failure) {
      setError(failure instanceof Error ? failure.message : String(failure));
    } finally {
      setBusy(false);
    }
  };
  const onDrop = (event: DragEvent) => {
    event.preventDefault();
    setOver(false);
    void read(event.dataTransfer.files[0]);
  };
  return (
    <Dialog title={title} onClose={onClose}>
      <div className={styles.body}>
        <p className={styles.text}>Datadog's dashboard JSON as exported or sent by the API, an older timeboard or screenboard, or a single graph's JSON.</p>
        <textarea
          aria-label="JSON"
          className={cx(styles.area, isOver && styles.over, text === '' && styles.drop)}
          placeholder="Paste JSON, or drop a file here"
          spellCheck={false}
          autoFocus
          value={text}
          onChange={(event) => setText(event.currentTarget.value)}
          onDragOver={(event) => {
            event.preventDefault();
            setOver(true);
          }}
          onDragLeave={() => setOver(false)}
          onDrop={onDrop}
        />
        {error && (
          <p role="alert" className={styles.error}>
            {error}
          </p>
        )}
        <div className={styles.actions}>
          <FileButton onFile={(file) => void read(file)} />
          <Button onClick={onClose}>Cancel</Button>
          <Button kind="primary" busy={isBusy} disabled={text.trim() === ''} onClick={() => void run()}>
            Import
          </Button>
        </div>
      </div>
    </Dialog>
  );
}

function FileButton({ onFile }: { onFile: (file: File | undefined) => void }) {
  const choose = () => {
    const input = document.createElement('input');
    input.type = 'file';
    input.accept = '.json,application/json';
    input.addEventListener('change', () => onFile(input.files?.[0]));
    input.click();
  };
  return <Button onClick={choose}>Choose a file…</Button>;
}
