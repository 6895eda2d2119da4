/**
 * One widget: frame, title and its kind's view. A view that breaks spoils its own box only, and
 * one that is not on the screen asks for no data.
 */
import { Clock } from 'lucide-react';
import { Component, Suspense, useEffect, useMemo, useRef, useState, type CSSProperties, type ReactNode } from 'react';

import { ErrorState } from '../components';
import type { WidgetDefinition } from '../dashboards/model';
import { substituteText, type Variables } from '../dashboards/variables';
import { useTime } from '../time/time-context';
import { cx } from '../util/cx';
import { WidgetContextOf, type WidgetContext } from './context';
import { Loading } from './parts/DataState';
import WaitsView from './parts/WaitsView';
import { num } from './query/json';
import { kindOf } from './registry';
import { ownRange, spanText } from './time';
import styles from './widget.module.css';

export interface WidgetViewProps {
  definition: WidgetDefinition;
  variables: Variables;
  dashboardId?: string;
  /** Draws at once, on the screen or not: for pictures and previews. */
  eager?: boolean;
  onFilter?: (tag: string, isOut: boolean) => void;
  /** Right of the title. */
  tools?: ReactNode;
}

export function WidgetView({ definition, variables, dashboardId, eager = false, onFilter, tools }: WidgetViewProps) {
  const { range: pageRange, live, zone } = useTime();
  const [box, isSeen] = useOnScreen(eager);
  const kind = kindOf(definition.type);
  const range = useMemo(() => ownRange(definition.time, pageRange), [definition.time, pageRange]);
  const context = useMemo<WidgetContext>(
    () => ({ range, live, variables, isActive: isSeen, isEager: eager, ...(dashboardId ? { dashboardId } : {}), ...(onFilter ? { onFilter } : {}) }),
    [range, live, variables, isSeen, eager, dashboardId, onFilter],
  );
  const title = substituteText(definition.title ?? '', variables);
  const View = kind?.View;
  const hasHead = !kind?.isBare && !kind?.hasOwnTitle;
  // A time of its own must not be taken for the page's.
  const span = hasHead ? spanText(definition.time, zone) : undefined;
  return (
    <WidgetContextOf value={context}>
      <section ref={box} className={cx(styles.widget, kind?.isBare && styles.bare)} aria-label={title || (kind?.label ?? definition.type)} data-widget={definition.type}>
        {hasHead && (title !== '' || span !== undefined) && (
          <header className={styles.head} style={{ ...titleSize(definition['title_size']), justifyContent: definition.title_align }}>
            <span className={styles.title} title={title}>
              {title}
            </span>
            {span !== undefined && (
              <span className={styles.span} title={`Shows its own time: ${span}`}>
                <Clock aria-hidden />
                {span}
              </span>
            )}
            {tools}
          </header>
        )}
        <div className={styles.body}>
          <Guard key={definition.type} of={definition}>
            <Suspense fallback={<Loading />}>{View ? <View definition={definition} /> : <WaitsView definition={definition} />}</Suspense>
          </Guard>
        </div>
      </section>
    </WidgetContextOf>
  );
}

/** What Datadog draws at 16 pixels is 13 here; larger titles stay as much larger. */
const USUAL_SIZE = 16;
const SIZE_MOST = 48;

function titleSize(value: unknown): CSSProperties {
  const size = Math.min(SIZE_MOST, num(typeof value === 'string' ? value.replace(/px$/, '') : value) ?? USUAL_SIZE);
  if (size <= USUAL_SIZE) return {};
  const shown = Math.round((size * 13) / USUAL_SIZE);
  return { fontSize: shown, lineHeight: 1.35, height: Math.max(28, Math.round(shown * 1.6)) };
}

/** Whether it is on the screen now. */
function useOnScreen(eager: boolean): [React.RefObject<HTMLElement | null>, boolean] {
  const box = useRef<HTMLElement | null>(null);
  const [isSeen, setSeen] = useState(eager);
  useEffect(() => {
    const element = box.current;
    if (!element || eager) return;
    const observer = new IntersectionObserver((entries) => setSeen(entries.some((entry) => entry.isIntersecting)), { rootMargin: '100px' });
    observer.observe(element);
    return () => observer.disconnect();
  }, [eager]);
  return [box, isSeen];
}

/** Tries again when the definition is another one; what is drawn stays while it changes. */
class Guard extends Component<{ of: WidgetDefinition; children: ReactNode }, { error: unknown; of: WidgetDefinition | undefined }> {
  override state = { error: undefined as unknown, of: undefined as WidgetDefinition | undefined };

  static getDerivedStateFromError(error: unknown) {
    return { error };
  }

  static getDerivedStateFromProps({ of }: { of: WidgetDefinition }, old: { of: WidgetDefinition | undefined }) {
    return old.of === of ? null : { error: undefined, of };
  }

  override render() {
    return this.state.error === undefined ? this.props.children : <ErrorState error={this.state.error} onRetry={() => this.setState({ error: undefined })} />;
  }
}
