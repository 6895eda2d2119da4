/** The form of a kind: its queries, its own sections, and those that all have. */
import type { Section, WidgetForm } from './field';
import { GRAPH_FORMS } from './graphs';
import { JOURNEY_FORMS } from './journeys';
import { OTHER_FORMS } from './others';
import { LINKS, TITLE } from './parts';

/** They have no title, or ask for it themselves. */
const WITHOUT_TITLE = new Set(['note', 'free_text', 'image', 'iframe', 'group', 'powerpack']);
/** Nothing in them has a menu. */
const WITHOUT_LINKS = new Set([...WITHOUT_TITLE, 'alert_graph', 'alert_value', 'slo', 'slo_list', 'manage_status', 'check_status', 'run_workflow', 'event_stream', 'event_timeline', 'log_stream', 'funnel', 'sankey', 'cohort', 'retention_curve']);
/** What they show does not depend on a time of theirs. */
const WITHOUT_TIME = new Set([...WITHOUT_TITLE, 'slo', 'slo_list', 'manage_status', 'alert_value', 'run_workflow', 'hostmap', 'servicemap', 'topology_map']);

const FORMS: Readonly<Record<string, WidgetForm>> = { ...GRAPH_FORMS, ...OTHER_FORMS, ...JOURNEY_FORMS };

export function formOf(type: string): WidgetForm & { sections: readonly Section[]; hasTime: boolean } {
  const form = hasForm(type) ? FORMS[type] : undefined;
  const own = form?.sections ?? [];
  const sections = [...(WITHOUT_TITLE.has(type) ? [] : [TITLE]), ...own, ...(WITHOUT_LINKS.has(type) ? [] : [LINKS])];
  return {
    ...(form?.queries ? { queries: form.queries } : {}),
    sections,
    hasTime: !WITHOUT_TIME.has(type),
    ...(form ? {} : { note: 'What is particular to this kind is edited as JSON.' }),
  };
}

export const hasForm = (type: string): boolean => Object.hasOwn(FORMS, type);
