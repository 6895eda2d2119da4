/** A query's or a formula's text in the shared editor, with its mistake beside it. */
import { useRef, useState } from 'react';

import { checkMetrics } from '../../../api/metric-editor';
import { runHistory } from '../../../editor/history';
import { completeQuery, isWritten } from '../../../editor/metric-completion';
import { metricLanguage } from '../../../editor/metric-language';
import { QueryEditor } from '../../../editor/QueryEditor';
import { cx } from '../../../util/cx';
import { completeFormula } from '../../../editor/formula-completion';
import edge from '../../../components/edge.module.css';
import styles from './queries.module.css';

interface Props {
  label: string;
  text: string;
  /** For formulas: what they can name. */
  names?: readonly string[];
  /** Old requests hold several expressions, which are no query: they are not checked. */
  unchecked?: boolean;
  placeholder?: string;
  onChange: (text: string) => void;
}

const history = runHistory('metrics');

export function TextLine({ label, text, names, unchecked = false, placeholder, onChange }: Props) {
  const [mistake, setMistake] = useState<{ message: string; isSoft: boolean }>();
  const latest = useRef({ names });
  latest.current = { names };
  const isFormula = names !== undefined;
  const check = (typed: string) => checkMetrics(withoutVariables(typed));
  return (
    <div className={cx(edge.edge, styles.line, mistake && !mistake.isSoft && edge.wrong)}>
      <QueryEditor
        label={label}
        value={text}
        placeholder={placeholder ?? (isFormula ? 'a / b * 100' : 'avg:system.cpu.user{*} by {host}')}
        language={metricLanguage}
        complete={isFormula ? (context) => completeFormula(context, latest.current.names ?? []) : completeQuery}
        {...(isFormula || unchecked ? {} : { check })}
        isWritten={isWritten}
        history={history}
        onRun={(typed) => history.add(typed.trim())}
        onChange={(typed) => typed !== text && onChange(typed)}
        onMistake={setMistake}
      />
      {/* Where one is still typing it is underlined only: nothing shall jump. */}
      {mistake && !mistake.isSoft && (
        <span className={styles.mistake} role="alert">
          {mistake.message}
        </span>
      )}
    </div>
  );
}

/** The same length, so that places in it stay: `$env` is no mistake, whatever it stands for. */
function withoutVariables(text: string): string {
  return text.replace(/\$[A-Za-z_][\w.-]*/g, (name) => `v${'_'.repeat(name.length - 1)}`);
}
