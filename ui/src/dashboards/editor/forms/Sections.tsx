import { ChevronRight } from 'lucide-react';
import { useState, type ReactNode } from 'react';

import { getAt, pathOf } from '../path';
import type { Section } from './field';
import { FieldView } from './FieldView';
import styles from './form.module.css';

interface Props {
  sections: readonly Section[];
  definition: Readonly<Record<string, unknown>>;
  onChange: (definition: Record<string, unknown>) => void;
}

/** The sections of a form. */
export function Sections({ sections, definition, onChange }: Props) {
  return sections.map((section) => (
    <FoldedSection key={section.title} title={section.title} isFolded={section.folded === true && !isSet(section, definition)}>
      <div className={styles.fields}>
        {section.fields.map((field) => (
          <FieldView key={field.path} field={field} scope={definition} onChange={onChange} />
        ))}
      </div>
    </FoldedSection>
  ));
}

function isSet({ fields }: Section, definition: Readonly<Record<string, unknown>>): boolean {
  return fields.some(({ path }) => {
    const value = getAt(definition, pathOf(path));
    return value !== undefined && value !== null && value !== '' && !(Array.isArray(value) && value.length === 0);
  });
}

/** Opens when something is set in it later, and never closes by itself. */
export function FoldedSection({ title, isFolded, children }: { title: string; isFolded: boolean; children: ReactNode }) {
  const [isOpen, setOpen] = useState<boolean>();
  const shown = isOpen ?? !isFolded;
  return (
    <section className={styles.section} aria-label={title}>
      <h3>
        <button type="button" aria-expanded={shown} onClick={() => setOpen(!shown)}>
          <ChevronRight aria-hidden />
          {title}
        </button>
      </h3>
      {shown && children}
    </section>
  );
}
