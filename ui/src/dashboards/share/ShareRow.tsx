import { AppWindow, Globe, Mail, Trash2 } from 'lucide-react';
import { useState } from 'react';

import { Button, CopyButton, IconButton, Input, Select, toast } from '../../components';
import { agoText } from '../../time/format';
import { changeShare, revokeShare, type PublicShare } from './api';
import { EXPIRIES, expiryOf, expiryText } from './expiry';
import styles from './share.module.css';

interface Props {
  share: PublicShare;
  /** Of invited people, while they are known. */
  links: ReadonlyMap<string, string>;
  onChange: (share: PublicShare) => void;
  onRevoke: () => void;
}

/** One link: copy, change its end, revoke. */
export function ShareRow({ share, links, onChange, onRevoke }: Props) {
  const [isAsking, setAsking] = useState(false);
  const isInvite = share.share_type === 'invite';
  const isEmbed = share.share_type === 'embed';
  const url = new URL(new URL(share.public_url).pathname, window.location.origin).href;
  // What the other site's page holds.
  const shown = isEmbed ? `<iframe src="${url}" width="100%" height="600" style="border: 0"></iframe>` : url;
  const attempt = (work: Promise<void>) => void work.catch((error: unknown) => toast(error instanceof Error ? error.message : String(error), { isError: true }));
  const setEnd = async (days: string) => onChange(await changeShare(share.token, { expiration: expiryOf(days, Date.now()) }));
  const revoke = async () => {
    await revokeShare(share.token);
    toast('The link no longer works');
    onRevoke();
  };
  const people = isInvite ? (share.share_list ?? []) : [];
  return (
    <li className={styles.share}>
      <div className={styles.shareHead}>
        {isInvite ? <Mail aria-hidden /> : isEmbed ? <AppWindow aria-hidden /> : <Globe aria-hidden />}
        <span>
          {isInvite ? `${people.length} invited` : isEmbed ? `Pages of ${(share.embeddable_domains ?? []).join(', ')}` : 'Everybody with the link'}
          <span className={styles.faint}>
            {' '}
            · {expiryText(share.expiration, Date.now())}
            {share.last_accessed && ` · opened ${String(share.views ?? 1)}×, last ${agoText(Date.parse(share.last_accessed), Date.now())}`}
          </span>
        </span>
        <Select aria-label="Ends" options={[{ value: 'keep', label: 'Change its end' }, ...EXPIRIES]} value="keep" onChange={(days) => days !== 'keep' && attempt(setEnd(days))} />
        {isAsking ? (
          <>
            <Button kind="danger" onClick={() => attempt(revoke())}>
              Revoke
            </Button>
            <Button onClick={() => setAsking(false)}>Keep</Button>
          </>
        ) : (
          <IconButton label="Revoke the link" icon={<Trash2 />} onClick={() => setAsking(true)} />
        )}
      </div>
      {!isInvite && (
        <div className={styles.link}>
          <Input mono readOnly aria-label={isEmbed ? 'Frame' : 'Public link'} value={shown} onFocus={(event) => event.currentTarget.select()} />
          <CopyButton text={shown} label={isEmbed ? 'Copy the frame' : 'Copy the link'} />
        </div>
      )}
      {people.map((email) => {
        const link = links.get(email);
        return (
          <div key={email} className={styles.link}>
            <span className={styles.choiceTitle}>{email}</span>
            {link ? <CopyButton text={link} label={`Copy the link of ${email}`} /> : <span className={styles.faint}>invited</span>}
          </div>
        );
      })}
    </li>
  );
}
