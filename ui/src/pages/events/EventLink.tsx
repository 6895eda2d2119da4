import { Navigate } from '@tanstack/react-router';

import { useParams } from '../../util/url-state';

/** `/event/event?id=…`, the address of an event in answers of the API. */
export default function EventLink() {
  const { id } = useParams();
  return <Navigate to={'/event/explorer' as never} search={{ event: id } as never} replace />;
}
