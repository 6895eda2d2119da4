/** A graph as a picture: to look at, to link to, and to send with a note. */
import { useQuery } from '@tanstack/react-query';
import { Link2, Send } from 'lucide-react';
import { useState } from 'react';

import { Button, Dialog, ErrorState, Skeleton, toast } from '../../components';
import type { Range } from '../../time/selection';
import { copyText } from '../../util/copy';
import dialog from '../dialogs/dialogs.module.css';
import type { WidgetDefinition } from '../model';
import { delivery, pathOfPicture, shareGraph, snapshot } from './api';
import { hasMention } from './mentions';
import { NoteField } from './NoteField';
import styles from './share.module.css';

interface Props {
  definition: WidgetDefinition;
  range: Range;
  /** Where the graph lives. */
  url: string;
  onClose: () => void;
}

export default function SnapshotDialog({ definition, range, url, onClose }: Props) {
  const [note, setNote] = useState('');
  const [error, setError] = useState<string>();
  const [isBusy, setBusy] = useState(false);
  const picture = useQuery({ queryKey: ['snapshot', definition, range.from, range.to], queryFn: ({ signal }) => snapshot(definition, range, signal), staleTime: Infinity, retry: false, refetchOnWindowFocus: false });
  const mail = useQuery({ queryKey: ['delivery'], queryFn: ({ signal }) => delivery(signal), staleTime: 60_000, retry: false });
  const isMailOff = mail.data?.email?.is_set === false;
  const isMailed = hasMention(note);
  const send = async () => {
    setBusy(true);
    setError(undefined);
    try {
      const { sent_to: to = [] } = await shareGraph({ definition, range, note: note.trim(), url });
      toast(to.length === 0 ? 'Shared: it stands in the event stream' : `Sent to ${to.length === 1 ? to[0] : `${to.length} people`}`, { link: { label: 'Events', to: '/event/explorer' } });
      onClose();
    } catch (failure) {
      setError(failure instanceof Error ? failure.message : String(failure));
      setBusy(false);
    }
  };
  const copy = () => {
    if (picture.data) void copyText(new URL(pathOfPicture(picture.data), window.location.origin).href).then(() => toast('Link to the picture copied'));
  };
  return (
    <Dialog title="Share snapshot" onClose={onClose}>
      <div
        className={dialog.body}
        onKeyDown={(event) => {
          if (event.key === 'Enter' && (event.ctrlKey || event.metaKey) && picture.data) void send();
        }}
      >
        <div className={styles.picture}>
          {picture.data ? <img src={pathOfPicture(picture.data)} alt={`${definition.title || 'The graph'} as a picture`} width={960} height={480} /> : picture.error ? <ErrorState error={picture.error} onRetry={() => void picture.refetch()} /> : <Skeleton height="100%" />}
        </div>
        <NoteField value={note} onChange={setNote} help="Picture and note go into the event stream, and by e-mail to those who are named." />
        {isMailOff && isMailed && !error && (
          <p className={styles.warning} role="status">
            E-mail is not set up on this server. Start it with <code>--smtp-url</code> and <code>--mail-from</code> to reach people, or leave out the @.
          </p>
        )}
        {isMailed && mail.data?.email?.problem && !error && (
          <p className={styles.warning} role="status">
            Mails wait: {mail.data.email.problem}
          </p>
        )}
        {error && (
          <p role="alert" className={dialog.error}>
            {error}
          </p>
        )}
        <div className={dialog.actions}>
          <Button icon={<Link2 />} disabled={!picture.data} onClick={copy} className={styles.left}>
            Copy link
          </Button>
          <Button onClick={onClose}>Cancel</Button>
          <Button kind="primary" icon={<Send />} busy={isBusy} disabled={!picture.data} onClick={() => void send()}>
            Send
          </Button>
        </div>
      </div>
    </Dialog>
  );
}
