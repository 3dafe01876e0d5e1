import { call } from '@staybase/client';
import { useState } from 'preact/hooks';
import { useAction } from '../action.ts';
import { staybase } from '../api.ts';
import { safety } from '../i18n/index.ts';
import { Button, Dialog, ErrorBox, TextArea, toast } from '../kit/index.ts';
import { refreshTrip } from '../pages/trips/refresh.ts';
import { Category } from './category.tsx';
import EvidenceField from './evidence-field.tsx';
import { addEvidence } from './evidence.ts';

type Reason = keyof ReturnType<typeof safety>['complaint']['categories'];

export default function ComplaintDialog(
  { booking_id, onClose }: { booking_id: string; onClose: () => void },
) {
  const words = safety().complaint;
  // Chosen once, so that sending it again does not file it twice.
  const [complaint_id] = useState(() => crypto.randomUUID());
  const [category, setCategory] = useState<Reason | ''>('');
  const [complaint, setComplaint] = useState('');
  const [files, setFiles] = useState<File[]>([]);
  const send = useAction(async () => {
    if (category === '') return;
    await call(staybase, 'file_complaint', { complaint_id, booking_id, category, complaint });
    await addEvidence(complaint_id, files);
    refreshTrip();
    toast(words.sent);
    onClose();
  });
  return (
    <Dialog title={words.title} onClose={onClose}>
      <form
        class='stack'
        onSubmit={(event) => {
          event.preventDefault();
          void send();
        }}
      >
        <p class='soft small'>{words.text}</p>
        <Category
          legend={words.category}
          value={category}
          options={words.categories}
          onValue={setCategory}
        />
        <TextArea
          label={words.body}
          hint={words.bodyHint}
          value={complaint}
          onValue={setComplaint}
          required
          maxlength={2000}
        />
        <EvidenceField onFiles={setFiles} />
        <ErrorBox error={send.error} />
        <Button kind='primary' type='submit' busy={send.busy}>{words.send}</Button>
      </form>
    </Dialog>
  );
}
