import { Hourglass } from 'lucide-react';

import type { WidgetViewProps } from '../registry/kind';
import { WaitShape } from '../waits/shapes';
import { waitOf } from '../waits/words';
import { WidgetEmpty } from './WidgetEmpty';

/** In place of a widget whose data does not arrive yet, or that nothing here knows. */
export default function WaitsView({ definition }: WidgetViewProps) {
  const wait = waitOf(definition);
  return (
    <WidgetEmpty icon={<Hourglass aria-hidden />} title={wait.title} shape={<WaitShape type={definition.type} />}>
      {wait.text}
    </WidgetEmpty>
  );
}
