/** A host's tags by where they come from. Those that people set can be added and removed. */
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { X } from 'lucide-react';
import { useState, type FormEvent } from 'react';

import { api } from '../../../api';
import { Button, IconButton, Input, Tag, toast } from '../../../components';
import type { Host } from '../data/hosts';
import styles from './host.module.css';

interface Props {
  host: Host;
  onFilter?: (text: string, isOut: boolean) => void;
}

/** The source of tags that people set. */
const OWN = 'Users';

export function HostTags({ host, onFilter }: Props) {
  const sources = Object.entries(host.tagsBySource).filter(([source, tags]) => source !== OWN && tags.length > 0);
  const own = host.tagsBySource[OWN] ?? [];
  const save = useTags(host.name);
  return (
    <section aria-label="Tags" className={styles.stack}>
      {sources.map(([source, tags]) => (
        <div key={source}>
          <h3 className={styles.source}>{source === 'Datadog' ? 'From the agent' : source}</h3>
          <div className={styles.tags}>
            {[...new Set(tags)].map((tag) => (
              <Tag key={tag} text={tag} {...(onFilter ? { onFilter } : {})} />
            ))}
          </div>
        </div>
      ))}
      <div>
        <h3 className={styles.source}>Set by people</h3>
        {own.length > 0 && (
          <ul className={styles.tags}>
            {own.map((tag) => (
              <li key={tag} className={styles.own}>
                <Tag text={tag} {...(onFilter ? { onFilter } : {})} />
                <IconButton
                  className={styles.remove}
                  label={`Remove ${tag}`}
                  icon={<X />}
                  disabled={save.isPending}
                  onClick={() => save.mutate({ tags: own.filter((other) => other !== tag), undo: own, text: `Removed ${tag}` })}
                />
              </li>
            ))}
          </ul>
        )}
        <AddTag busy={save.isPending} onAdd={(tag) => save.mutate({ tags: [...own, tag], undo: own, text: `Added ${tag}` })} />
      </div>
    </section>
  );
}

interface Change {
  tags: string[];
  /** What was there before. */
  undo: string[] | undefined;
  text: string;
}

function useTags(name: string) {
  const client = useQueryClient();
  const save = useMutation({
    mutationFn: ({ tags }: Change) => api.put(`/api/v1/tags/hosts/${encodeURIComponent(name)}?source=users`, { tags }),
    onSuccess: (_, { undo, text }) => {
      toast(text, undo ? { undo: () => save.mutate({ tags: undo, undo: undefined, text: 'Undone' }) } : {});
      return client.invalidateQueries({ queryKey: ['hosts'] });
    },
    onError: (error) => toast(error.message, { isError: true }),
  });
  return save;
}

const TAG_MAX = 200;

function AddTag({ busy, onAdd }: { busy: boolean; onAdd: (tag: string) => void }) {
  const [text, setText] = useState('');
  const tag = text.trim().toLowerCase();
  const wrong = tagError(tag);
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (tag === '' || wrong) return;
    onAdd(tag);
    setText('');
  };
  return (
    <form className={styles.add} onSubmit={submit}>
      <Input
        mono
        aria-label="New tag"
        aria-invalid={wrong !== undefined || undefined}
        placeholder="key:value"
        spellCheck={false}
        value={text}
        maxLength={TAG_MAX + 20}
        onChange={(event) => setText(event.currentTarget.value)}
      />
      <Button type="submit" busy={busy} disabled={tag === '' || wrong !== undefined}>
        Add
      </Button>
      {wrong && (
        <span className={styles.wrong} role="alert">
          {wrong}
        </span>
      )}
    </form>
  );
}

/** Why a text cannot be a tag. */
export function tagError(tag: string): string | undefined {
  if (tag === '') return undefined;
  if (!/^\p{L}/u.test(tag)) return 'A tag begins with a letter';
  if (tag.length > TAG_MAX) return `A tag has at most ${TAG_MAX} characters`;
  return /[\s,]/.test(tag) ? 'A tag has no spaces and no commas' : undefined;
}
