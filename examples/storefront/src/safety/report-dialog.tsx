import { call } from '@staybase/client';
import { useState } from 'preact/hooks';
import { useAction } from '../action.ts';
import { staybase } from '../api.ts';
import { safety } from '../i18n/index.ts';
import { Button, Dialog, ErrorBox, TextArea, toast } from '../kit/index.ts';
import { Category } from './category.tsx';
import EvidenceField from './evidence-field.tsx';
import { addEvidence } from './evidence.ts';
import type { Subject } from './subject.ts';

type Reason = keyof ReturnType<typeof safety>['report']['categories'];

export default function ReportDialog(
  { subject, subject_id, onClose }: {
    subject: Subject;
    subject_id: string;
    onClose: () => void;
  },
) {
  const words = safety().report;
  // Chosen once, so that sending it again does not file it twice.
  const [report_id] = useState(() => crypto.randomUUID());
  const [category, setCategory] = useState<Reason | ''>('');
  const [body, setBody] = useState('');
  const [files, setFiles] = useState<File[]>([]);
  const send = useAction(async () => {
    if (category === '') return;
    await call(staybase, 'file_report', { report_id, subject, subject_id, category, body });
    await addEvidence(report_id, files);
    toast(words.sent);
    onClose();
  });
  return (
    <Dialog title={words.titles[subject]} onClose={onClose}>
      <form
        class='stack'
        onSubmit={(event) => {
          event.preventDefault();
          void send();
        }}
      >
        <p class='soft small'>{words.text} {words.danger}</p>
        <Category
          legend={words.category}
          value={category}
          options={words.categories}
          onValue={setCategory}
        />
        <TextArea label={words.body} value={body} onValue={setBody} maxlength={5000} />
        <EvidenceField onFiles={setFiles} />
        <ErrorBox error={send.error} />
        <Button kind='primary' type='submit' busy={send.busy}>{words.send}</Button>
      </form>
    </Dialog>
  );
}
