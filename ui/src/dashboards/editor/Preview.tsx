import { TriangleAlert } from 'lucide-react';

import { WidgetView } from '../../widgets/WidgetView';
import type { Widget, WidgetDefinition } from '../model';
import type { Variables } from '../variables';
import styles from './editor.module.css';
import { placeText, type Mistake } from './mistakes';

interface Props {
  definition: WidgetDefinition;
  layout: Widget['layout'];
  variables: Variables;
  dashboardId?: string | undefined;
  mistakes: readonly Mistake[];
  /** Why the JSON beside it cannot be read: shown is what could be read last. */
  broken: string | undefined;
}

const ROW = 96;
const [LOWEST, HIGHEST] = [200, 440];
const SHOWN_MAX = 3;

/** The widget as it will be, about as high as on the dashboard, and what is wrong with it. */
export function Preview({ definition, layout, variables, dashboardId, mistakes, broken }: Props) {
  const height = Math.max(LOWEST, Math.min(HIGHEST, (layout?.height ?? 2) * ROW));
  return (
    <section className={styles.previewPart} aria-label="Preview">
      <div className={styles.preview} style={{ height: `max(${height}px, 32vh)` }}>
        <WidgetView definition={definition} variables={variables} eager {...(dashboardId === undefined ? {} : { dashboardId })} />
      </div>
      {broken !== undefined && (
        <p role="alert" className={styles.mistake}>
          <TriangleAlert aria-hidden /> <span>{broken}. The preview shows what could be read last.</span>
        </p>
      )}
      {broken === undefined &&
        mistakes.slice(0, SHOWN_MAX).map(({ path, message }, at) => (
          <p key={at} role="alert" className={styles.mistake}>
            <TriangleAlert aria-hidden />
            <span>
              {path.length > 0 && <code>{placeText(path)}</code>} {message}
            </span>
          </p>
        ))}
      {mistakes.length > SHOWN_MAX && <p className={styles.mistake}>and {mistakes.length - SHOWN_MAX} more</p>}
    </section>
  );
}
