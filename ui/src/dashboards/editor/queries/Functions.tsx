/** Every function with its signature and what it does; a click puts it around the query. */
import { useQuery } from '@tanstack/react-query';
import { SquareFunction } from 'lucide-react';
import { useState } from 'react';

import { completeMetrics } from '../../../api/metric-editor';
import { IconButton, Input, Popover, SkeletonRows } from '../../../components';
import { useDebounced } from '../../../util/use-debounced';
import styles from './queries.module.css';

export function Functions({ onPick }: { onPick: (name: string) => void }) {
  const [isOpen, setOpen] = useState(false);
  return (
    <Popover label="Functions" align="end" open={isOpen} onOpenChange={setOpen} trigger={<IconButton label="Functions" icon={<SquareFunction />} />}>
      {isOpen && (
        <List
          onPick={(name) => {
            setOpen(false);
            onPick(name);
          }}
        />
      )}
    </Popover>
  );
}

const TYPING_MS = 120;

function List({ onPick }: { onPick: (name: string) => void }) {
  const [search, setSearch] = useState('');
  const asked = useDebounced(search.trim().toLowerCase().replace(/[^a-z0-9_]/g, ''), TYPING_MS);
  const found = useQuery({
    queryKey: ['functions', asked],
    queryFn: async ({ signal }) => (await completeMetrics(asked, asked.length, signal)).items.filter(({ kind }) => kind === 'function'),
    staleTime: Infinity,
    placeholderData: (old) => old,
  });
  const first = found.data?.[0];
  return (
    <div className={styles.functions}>
      <Input
        aria-label="Find a function"
        placeholder="Find a function"
        autoFocus
        value={search}
        onChange={(event) => setSearch(event.currentTarget.value)}
        onKeyDown={(event) => {
          if (event.key === 'Enter' && first) onPick(first.label);
        }}
      />
      <div className={styles.functionList}>
        {found.isPending && <SkeletonRows rows={6} />}
        {found.data?.length === 0 && <p className={styles.none}>No function begins with “{asked}”.</p>}
        {found.data?.map(({ label, detail }) => {
          const [signature = label, words = ''] = detail.split(' — ');
          return (
            <button key={label} type="button" className={styles.function} onClick={() => onPick(label)}>
              <code>{signature}</code>
              <span>{words}</span>
            </button>
          );
        })}
      </div>
    </div>
  );
}
