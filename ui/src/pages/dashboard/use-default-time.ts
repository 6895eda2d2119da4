import { useEffect } from 'react';

import { defaultTime } from '../../dashboards/default-time';
import type { Dashboard } from '../../dashboards/model';
import { toParams } from '../../time/selection';
import { useParams, useSetParams, type Params } from '../../util/url-state';

/** Opens a dashboard with its own time when the address says none. */
export function useDefaultTime(dashboard: Dashboard): void {
  const { span, from_ts } = useParams();
  const set = useSetParams();
  useEffect(() => {
    const selection = span === undefined && from_ts === undefined ? defaultTime(dashboard) : undefined;
    if (selection) set(toParams(selection) as unknown as Params, { replace: true });
    // Once, as it opens: afterwards the person chooses.
    // eslint-disable-next-line react-hooks/exhaustive-deps
  }, [dashboard.id]);
}
