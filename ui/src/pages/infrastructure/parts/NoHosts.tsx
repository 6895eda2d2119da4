import { Link } from '@tanstack/react-router';
import { Server } from 'lucide-react';

import { usePageInfo } from '../../../api';
import { EmptyState } from '../../../components';
import parts from './parts.module.css';

/** No host has reported: the next step. It goes by itself, as the page asks again. */
export function NoHosts() {
  const { data: page } = usePageInfo();
  const url = page?.url ?? window.location.origin;
  return (
    <EmptyState
      icon={<Server />}
      title="No host has reported yet"
      command={`DD_API_KEY=<your API key> DD_DD_URL=${url} procyon agent run`}
      actions={
        <>
          <Link to={'/install' as never} className={parts.linkButton}>
            All ways to install
          </Link>
          <Link to={'/intake' as never} className={parts.linkButton}>
            Why is nothing arriving?
          </Link>
        </>
      }
    >
      A host shows here within seconds of its first point. Start an agent on one:
    </EmptyState>
  );
}
