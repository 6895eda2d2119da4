import { CornerDownLeft, X } from 'lucide-react';
import { useEffect, useImperativeHandle, useRef, useState, type Ref } from 'react';

import { checkMetrics } from '../../api/metric-editor';
import { IconButton, Tooltip } from '../../components';
import { completeFormula } from '../../editor/formula-completion';
import { runHistory } from '../../editor/history';
import { completeQuery, isWritten } from '../../editor/metric-completion';
import { metricLanguage } from '../../editor/metric-language';
import { QueryEditor, type EditorHandle } from '../../editor/QueryEditor';
import { cx } from '../../util/cx';
import edge from '../../components/edge.module.css';
import styles from './explorer.module.css';

interface Props {
  name: string;
  text: string;
  isOff: boolean;
  /** Just added: takes the focus. */
  isNew: boolean;
  /** What a formula can name. */
  queryNames: readonly string[];
  onRun: (text: string) => void;
  onToggle: () => void;
  onRemove?: () => void;
  ref?: Ref<EditorHandle>;
}

const queries = runHistory('metrics');
const formulas = runHistory('formulas');

/** A query or a formula: its letter, which hides and shows it, its text, what is wrong with it. */
export function LineEditor({ name, text, isOff, isNew, queryNames, onRun, onToggle, onRemove, ref }: Props) {
  const isFormula = name.startsWith('f');
  const editor = useRef<EditorHandle>(null);
  const [draft, setDraft] = useState(text);
  const [mistake, setMistake] = useState<{ message: string; isSoft: boolean }>();
  const history = isFormula ? formulas : queries;
  // The text that the mistake is of.
  const checked = useRef('');
  const names = useRef(queryNames);
  useEffect(() => {
    names.current = queryNames;
  });
  useImperativeHandle(ref, () => ({ focus: () => editor.current?.focus() }), []);
  useEffect(() => setDraft(text), [text]);
  useEffect(() => {
    if (isNew) editor.current?.focus();
  }, [isNew]);

  const check = async (typed: string) => {
    const found = await checkMetrics(typed);
    checked.current = typed;
    return found;
  };
  const run = (typed: string) => {
    // What is known to be wrong is shown as such and not asked.
    if (mistake && checked.current === typed) return setMistake({ ...mistake, isSoft: false });
    history.add(typed.trim());
    onRun(typed);
  };
  const label = isFormula ? `Formula ${name.slice(1)}` : `Query ${name}`;
  const isChanged = draft.trim() !== text;
  return (
    <div className={cx(styles.line, isOff && styles.off)}>
      <Tooltip text={isOff ? `Draw ${label.toLowerCase()}` : `Do not draw ${label.toLowerCase()}`}>
        <button type="button" className={styles.letter} aria-label={`Draw ${label.toLowerCase()}`} aria-pressed={!isOff} onClick={onToggle}>
          {isFormula ? 'ƒ' : name}
        </button>
      </Tooltip>
      <div className={cx(edge.edge, styles.field, mistake && !mistake.isSoft && edge.wrong)}>
        <QueryEditor
          ref={editor}
          label={label}
          value={text}
          placeholder={isFormula ? 'a / b * 100' : 'avg:system.cpu.user{*} by {host}'}
          language={metricLanguage}
          complete={isFormula ? (context) => completeFormula(context, names.current) : completeQuery}
          {...(isFormula ? {} : { check })}
          isWritten={isWritten}
          history={history}
          onRun={run}
          onChange={setDraft}
          onMistake={setMistake}
        />
        {mistake !== undefined ? (
          <span className={cx(styles.mistake, mistake.isSoft && styles.soft)} role={mistake.isSoft ? 'status' : 'alert'} title={mistake.message}>
            {mistake.message}
          </span>
        ) : (
          isChanged && (
            <button type="button" className={styles.run} onClick={() => run(draft)} aria-label={`Run ${label.toLowerCase()}`}>
              <CornerDownLeft aria-hidden /> Run
            </button>
          )
        )}
      </div>
      {onRemove && <IconButton label={`Remove ${label.toLowerCase()}`} icon={<X />} onClick={onRemove} />}
    </div>
  );
}
