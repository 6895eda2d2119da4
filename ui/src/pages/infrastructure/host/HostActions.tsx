/** What can be done with a host, and where it leads. */
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { Activity, ChartLine, Ellipsis, LayoutDashboard, Volume2, VolumeX } from 'lucide-react';
import { useNavigate } from '@tanstack/react-router';

import { api } from '../../../api';
import { IconButton, Menu, toast, type MenuEntry } from '../../../components';
import type { Host } from '../data/hosts';
import { timeOf } from '../parts/time-of';

const MUTES: [label: string, secs: number | undefined][] = [
  ['for 1 hour', 3600],
  ['for 4 hours', 4 * 3600],
  ['for 1 day', 86_400],
  ['until unmuted', undefined],
];

export function HostActions({ host, extra = [] }: { host: Host; extra?: MenuEntry[] }) {
  const mute = useMute(host.name);
  const navigate = useNavigate();
  const go = (to: string, search: Record<string, string>) =>
    void navigate({ to: to as never, search: ((old: Record<string, string>) => ({ ...timeOf(old), ...search })) as never });
  const links: MenuEntry[] = [
    { label: 'Its metrics in the explorer', icon: <ChartLine />, run: () => go('/metric/explorer', { a: `avg:system.cpu.user{host:${host.name}}` }) },
    { label: 'Its events', icon: <Activity />, run: () => go('/event/explorer', { query: `host:${host.name}` }) },
    { label: 'System overview of it', icon: <LayoutDashboard />, run: () => go('/dashboard/system', { tpl_var_host: host.name }) },
  ];
  const mutes: MenuEntry[] = host.isMuted
    ? [{ label: 'Unmute', icon: <Volume2 />, run: () => mute.mutate(null) }]
    : MUTES.map(([label, secs]) => ({
        label: `Mute ${label}`,
        icon: <VolumeX />,
        run: () => mute.mutate(secs === undefined ? {} : { end: Math.floor(Date.now() / 1000) + secs }),
      }));
  return (
    <Menu items={[...extra, ...links, '-', ...mutes]} heading={host.name}>
      <IconButton label="Actions of this host" icon={<Ellipsis />} disabled={mute.isPending} />
    </Menu>
  );
}

/** `null` unmutes. */
function useMute(name: string) {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (wish: { end?: number } | null) => {
      const path = `/api/v1/host/${encodeURIComponent(name)}`;
      return wish === null ? api.post(`${path}/unmute`) : api.post(`${path}/mute`, { ...wish, override: true });
    },
    onSuccess: (_, wish) => {
      toast(wish === null ? `${name} is no longer muted` : `${name} is muted`);
      return client.invalidateQueries({ queryKey: ['hosts'] });
    },
    onError: (error) => toast(error.message, { isError: true }),
  });
}
