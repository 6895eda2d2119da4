import { useEffect, useMemo, useRef, useState } from 'react';

import { readJson } from '../../editor/read-json';
import { JsonEditor } from '../../editor/JsonEditor';
import type { WidgetDefinition } from '../model';
import styles from './editor.module.css';
import type { Mistake } from './mistakes';
import { isObject, offsetsOf } from './path';

interface Props {
  definition: WidgetDefinition;
  mistakes: readonly Mistake[];
  /** Called with every text that is a definition. */
  onChange: (definition: WidgetDefinition) => void;
  /** Why the text is none; undefined when it is one. */
  onBroken: (why: string | undefined) => void;
}

const write = (definition: WidgetDefinition) => JSON.stringify(definition, null, 2);

/** The definition as JSON. What is typed applies as soon as it can be read. */
export function JsonTab({ definition, mistakes, onChange, onBroken }: Props) {
  const [text, setText] = useState(() => write(definition));
  const applied = useRef(definition);
  useEffect(() => {
    // Changed by something else than this text.
    if (applied.current !== definition) setText(write(definition));
    applied.current = definition;
  }, [definition]);
  const type = (next: string) => {
    setText(next);
    const read = readJson(next);
    if (!read.ok) return onBroken(read.message);
    if (!isDefinition(read.value)) return onBroken('A definition is an object with a “type”');
    applied.current = read.value;
    onBroken(undefined);
    onChange(read.value);
  };
  const marks = useMemo(() => (readJson(text).ok ? mistakes.map(({ path, message }) => ({ ...offsetsOf(text, path), message })) : []), [text, mistakes]);
  return <JsonEditor label="Definition as JSON" value={text} onChange={type} marks={marks} className={styles.json} />;
}

function isDefinition(value: unknown): value is WidgetDefinition {
  return isObject(value) && typeof value['type'] === 'string' && value['type'] !== '';
}
