/** The values of a dashboard's variables: in the address, or their defaults. */
import { useCallback, useMemo } from 'react';

import type { Dashboard } from '../../dashboards/model';
import { paramsOfValues, valuesOfParams } from '../../dashboards/url';
import { valuesOf, type Variables } from '../../dashboards/variables';
import { toast } from '../../components';
import { useParams, useSetParams } from '../../util/url-state';

export function useValues(dashboard: Pick<Dashboard, 'template_variables'>) {
  const params = useParams();
  const set = useSetParams();
  const declared = useMemo(() => dashboard.template_variables ?? [], [dashboard.template_variables]);
  // The same values are the same object: nothing is drawn anew because the time changed.
  const text = JSON.stringify(valuesOfParams(params));
  const variables = useMemo<Variables>(() => ({ declared, values: JSON.parse(text) as Variables['values'] }), [declared, text]);
  const change = useCallback((values: Record<string, readonly string[] | undefined>) => set(paramsOfValues(params, values), { replace: true }), [params, set]);
  const onFilter = useCallback(
    (tag: string, isOut: boolean) => {
      const colon = tag.indexOf(':');
      const variable = declared.find(({ prefix }) => prefix !== null && prefix !== undefined && prefix === tag.slice(0, colon));
      if (!variable) return toast(`No variable of this dashboard is about ${colon < 0 ? tag : tag.slice(0, colon)}`);
      const value = tag.slice(colon + 1);
      if (!isOut) return change({ [variable.name]: [value] });
      const rest = valuesOf(variable, variables.values).filter((one) => one !== value && one !== '*');
      change({ [variable.name]: rest.length > 0 ? rest : [`!${value}`] });
    },
    [declared, change, variables.values],
  );
  return { variables, change, onFilter };
}
