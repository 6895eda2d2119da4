/** Kinds that ask for data or a drawing that is not served yet: their place says which. */
import { bag, requestsOf, text } from '../query/json';
import { sourceName } from '../query/sources';
import type { WidgetViewProps } from '../registry';
import { Waits } from './DataState';

export default function NotDrawnView({ definition }: WidgetViewProps) {
  if (definition.type === 'wildcard') {
    const language = text(bag(definition['specification'])['type']) === 'vega' ? 'Vega' : 'Vega-Lite';
    const mark = bag(bag(bag(definition['specification'])['contents'])['mark']);
    const kind = text(bag(bag(definition['specification'])['contents'])['mark']) ?? text(mark['type']);
    return (
      <Waits sources={[`drawings in ${language}`]}>
        {kind ? `Its specification draws marks of type ${kind}. ` : ''}The definition is kept as it is.
      </Waits>
    );
  }
  const sources = requestsOf(definition).flatMap((request) => {
    const source = text(bag(request['query'])['data_source']);
    return source && source !== 'metrics' ? [sourceName(source)] : [];
  });
  return <Waits sources={sources.length > 0 ? [...new Set(sources)] : ['single events of logs and traces']} />;
}
