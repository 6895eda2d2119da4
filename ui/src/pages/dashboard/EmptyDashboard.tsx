import { LayoutDashboard } from 'lucide-react';

import { Button, EmptyState } from '../../components';

interface Props {
  onAdd: (() => void) | undefined;
  onImport: (() => void) | undefined;
  isEditing: boolean;
}

export function EmptyDashboard({ onAdd, onImport, isEditing }: Props) {
  return (
    <EmptyState
      icon={<LayoutDashboard />}
      title="This dashboard is empty"
      actions={
        <>
          {onAdd && !isEditing && (
            <Button kind="primary" onClick={onAdd}>
              Add widgets
            </Button>
          )}
          {onImport && <Button onClick={onImport}>Import JSON</Button>}
        </>
      }
    >
      {onAdd ? 'Drag widgets from the tray, or paste the JSON of a widget or dashboard with Ctrl+V.' : 'Nobody has put a widget on it yet.'}
    </EmptyState>
  );
}
