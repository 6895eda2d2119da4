import { Navigate } from '@tanstack/react-router';

import { useParams } from '../../util/url-state';

/** `/intake` itself is where agents post: as an address it is the server's, as a link it leads here. */
export default function IntakeMoved() {
  return <Navigate to={'/account/settings/intake' as never} search={useParams() as never} replace />;
}
