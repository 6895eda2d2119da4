import { FilterX } from 'lucide-react';

import { Button, EmptyState } from '../../../components';

/** There are hosts, but none that fits. */
export function NothingFits({ filter, onClear }: { filter: string; onClear: () => void }) {
  return (
    <EmptyState icon={<FilterX />} title="No host fits the filter" actions={<Button onClick={onClear}>Clear the filter</Button>}>
      {filter === '' ? 'Hosts without data are hidden.' : `Nothing has all of “${filter}”. A * stands for any text: role:web*`}
    </EmptyState>
  );
}
