/** All requests of a definition: in their order, or under their names. */
import { Plus } from 'lucide-react';

import { Button } from '../../../components';
import type { QueriesForm } from '../forms/field';
import { getAt, isObject, pathOf, setAt, type Path } from '../path';
import styles from './queries.module.css';
import { RequestCard, type RequestTools } from './RequestCard';
import * as requests from './requests';

interface Props {
  form: QueriesForm;
  definition: Readonly<Record<string, unknown>>;
  onChange: (definition: Record<string, unknown>) => void;
}

const REQUESTS_MAX = 50;

export function QueriesEditor({ form, definition, onChange }: Props) {
  const path: Path = [...pathOf(form.base ?? ''), 'requests'];
  const value = getAt(definition, path);
  const set = (next: unknown) => onChange(setAt({ ...definition }, path, next));
  if (Array.isArray(form.requests) || isObject(value)) return <Slots form={form} value={isObject(value) ? value : {}} set={set} />;
  const list = Array.isArray(value) ? (value as unknown[]).map((one): requests.Request => (isObject(one) ? one : {})) : [];
  const put = (at: number, request: requests.Request) => set(list.map((old, index) => (index === at ? request : old)));
  const insert = (at: number, request: requests.Request) => set([...list.slice(0, at), request, ...list.slice(at)]);
  const toolsOf = (request: requests.Request, at: number): RequestTools => ({
    isFirst: at === 0,
    isLast: at === list.length - 1,
    move: (by) => {
      const next = list.filter((_, index) => index !== at);
      next.splice(at + by, 0, request);
      set(next);
    },
    duplicate: () => insert(at + 1, request),
    remove: () => set(list.filter((_, index) => index !== at)),
    compare:
      form.shape === 'timeseries'
        ? (seconds, words) => {
            const past = requests.compared(request, seconds, words);
            if (past) insert(at + 1, past);
          }
        : undefined,
  });
  const canAdd = form.requests === 'many' || list.length === 0;
  return (
    <div className={styles.cards}>
      {list.map((request, at) => (
        <RequestCard
          key={at}
          title={list.length === 1 ? 'Queries' : `Request ${at + 1}`}
          request={request}
          form={form}
          tools={form.requests === 'many' || list.length > 1 ? toolsOf(request, at) : undefined}
          onChange={(next) => put(at, next)}
        />
      ))}
      {canAdd && (
        <Button icon={<Plus />} className={styles.addRequest} disabled={list.length >= REQUESTS_MAX} onClick={() => insert(list.length, requests.addQuery(form.make?.() ?? {}, form.shape))}>
          Add request
        </Button>
      )}
    </div>
  );
}

/** Requests under names. An axis of its own is only shown where it is used. */
function Slots({ form, value, set }: { form: QueriesForm; value: Readonly<Record<string, unknown>>; set: (next: unknown) => void }) {
  const slots = Array.isArray(form.requests) ? form.requests : Object.keys(value).map((key) => ({ key, label: key }));
  const used = slots.filter(({ key }) => isObject(value[key]));
  const shown = used.length > 0 ? used : slots.slice(0, 1);
  const rest = slots.filter((slot) => !shown.includes(slot) && !(slot.key === 'table' || used.some(({ key }) => key === 'table')));
  return (
    <div className={styles.cards}>
      {shown.map(({ key, label }) => {
        const request = value[key];
        return <RequestCard key={key} title={label} request={isObject(request) ? request : {}} form={form} onChange={(next) => set({ ...value, [key]: next })} />;
      })}
      {rest.map(({ key, label }) => (
        <Button key={key} icon={<Plus />} className={styles.addRequest} onClick={() => set({ ...value, [key]: { q: 'avg:system.cpu.user{*} by {host}' } })}>
          Add {label.toLowerCase()}
        </Button>
      ))}
    </div>
  );
}
