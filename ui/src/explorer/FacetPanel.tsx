/** The facets at the left of an explorer: counts with bars, found by name, remembered when folded. */
import { Search } from 'lucide-react';
import { useMemo, useState } from 'react';

import { Input, Skeleton } from '../components';
import { stored } from '../util/storage';
import { useStored } from '../util/use-stored';
import styles from './facets.module.css';
import { FacetGroup } from './FacetGroup';
import { countFacet, type Facet } from './facets';

interface Props<Item> {
  /** Names the explorer whose folded facets are remembered. */
  name: string;
  facets: readonly Facet<Item>[];
  /** What is counted: found without the terms of the facets. Undefined while it loads. */
  items: readonly Item[] | undefined;
  search: string;
  onSearch: (search: string) => void;
  /** Said under the facets: what the counts are of when not of everything. */
  note?: string | undefined;
}

const folds = new Map<string, ReturnType<typeof stored>>();

function foldsOf(name: string): ReturnType<typeof stored> {
  let item = folds.get(name);
  if (!item) {
    item = stored(`procyon.facets.${name}`, '{}');
    folds.set(name, item);
  }
  return item;
}

function readFolds(text: string): Record<string, boolean> {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null ? (value as Record<string, boolean>) : {};
  } catch {
    return {};
  }
}

export function FacetPanel<Item>({ name, facets, items, search, onSearch, note }: Props<Item>) {
  const [wanted, setWanted] = useState('');
  const [foldText, setFoldText] = useStored(foldsOf(name));
  const folded = readFolds(foldText);
  const text = wanted.trim().toLowerCase();
  const groups = useMemo(
    () => facets.map((facet) => ({ facet, counts: countFacet(items ?? [], facet, facets, search) })),
    [facets, items, search],
  );
  const shown = groups
    .map(({ facet, counts }) => {
      const isNamed = text === '' || facet.label.toLowerCase().includes(text);
      return { facet, counts: isNamed ? counts : counts.filter((row) => row.value.toLowerCase().includes(text)) };
    })
    .filter(({ counts }) => counts.length > 0);
  return (
    <aside className={styles.panel} aria-label="Facets">
      <Input
        icon={<Search aria-hidden />}
        type="search"
        aria-label="Search facets"
        placeholder="Search facets"
        value={wanted}
        onChange={(event) => setWanted(event.currentTarget.value)}
      />
      {items === undefined ? (
        <FacetSkeleton />
      ) : (
        shown.map(({ facet, counts }) => (
          <FacetGroup
            key={facet.field}
            field={facet.field}
            label={facet.label}
            counts={counts}
            search={search}
            onSearch={onSearch}
            isOpen={text !== '' || (folded[facet.field] ?? facet.isOpen ?? false)}
            onToggle={(isOpen) => setFoldText(JSON.stringify({ ...folded, [facet.field]: isOpen }))}
          />
        ))
      )}
      {items !== undefined && shown.length === 0 && <p className={styles.note}>{text === '' ? 'Nothing to narrow.' : `No facet is called “${wanted}”.`}</p>}
      {note !== undefined && <p className={styles.note}>{note}</p>}
    </aside>
  );
}

function FacetSkeleton() {
  return (
    <div role="status" aria-label="Loading facets" className={styles.skeleton}>
      {Array.from({ length: 9 }, (_, at) => (
        <Skeleton key={at} width={at % 4 === 0 ? '40%' : '90%'} />
      ))}
    </div>
  );
}
