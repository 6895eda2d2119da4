import { Star } from 'lucide-react';

import { queryClient } from '../api';
import { IconButton, toast } from '../components';
import { cx } from '../util/cx';
import { star } from './api';
import styles from './star.module.css';

/** A dashboard's star: of the person, not of the dashboard. */
export function StarButton({ id, isOn }: { id: string; isOn: boolean }) {
  const toggle = async () => {
    try {
      await star(id, !isOn);
      await queryClient.invalidateQueries({ queryKey: ['dashboards'] });
    } catch (error) {
      toast(error instanceof Error ? error.message : String(error), { isError: true });
    }
  };
  return <IconButton label={isOn ? 'Take the star away' : 'Star'} icon={<Star className={cx(isOn && styles.starred)} />} active={isOn} onClick={() => void toggle()} />;
}
