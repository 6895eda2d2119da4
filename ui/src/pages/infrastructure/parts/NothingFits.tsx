import { FilterX } from 'lucide-react';

import { Button, EmptyState } from '../../../components';

interface Props {
  filter: string;
  /** What else hides hosts, said when there is no filter. */
  hides: string;
  onClear: () => void;
}

/** There are hosts, but none that fits. */
export function NothingFits({ filter, hides, onClear }: Props) {
  return (
    <EmptyState icon={<FilterX />} title="No host fits the filter" actions={<Button onClick={onClear}>Clear the filter</Button>}>
      {filter === '' ? hides : `Nothing has all of “${filter}”. A * stands for any text: role:web*`}
    </EmptyState>
  );
}
