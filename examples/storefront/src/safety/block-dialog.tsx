import { call } from '@staybase/client';
import { useAction } from '../action.ts';
import { staybase } from '../api.ts';
import { safety } from '../i18n/index.ts';
import { Button, Dialog, ErrorBox, toast } from '../kit/index.ts';
import { blocksChanged } from './blocks.ts';

export default function BlockDialog(
  { profile_id, name, onClose }: { profile_id: string; name: string; onClose: () => void },
) {
  const words = safety().block;
  const block = useAction(async () => {
    await call(staybase, 'block_person', { profile_id });
    blocksChanged();
    toast(words.done(name));
    onClose();
  });
  return (
    <Dialog
      title={words.title(name)}
      onClose={onClose}
      footer={
        <Button kind='danger' busy={block.busy} onClick={() => void block()}>
          {words.confirm}
        </Button>
      }
    >
      <div class='stack'>
        <p>{words.text}</p>
        <ErrorBox error={block.error} />
      </div>
    </Dialog>
  );
}
