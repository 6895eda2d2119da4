import { Check, Copy } from 'lucide-react';
import { useEffect, useState } from 'react';

import { copyText } from '../util/copy';
import { IconButton } from './Button';

const SHOWN_MS = 1500;

export function CopyButton({ text, label = 'Copy' }: { text: string; label?: string }) {
  const [isCopied, setCopied] = useState(false);
  useEffect(() => {
    if (!isCopied) return;
    const timer = setTimeout(() => setCopied(false), SHOWN_MS);
    return () => clearTimeout(timer);
  }, [isCopied]);
  return (
    <IconButton
      label={isCopied ? 'Copied' : label}
      icon={isCopied ? <Check /> : <Copy />}
      onClick={() => void copyText(text).then(() => setCopied(true))}
    />
  );
}
