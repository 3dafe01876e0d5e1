import { useLocation } from 'preact-iso/router';
import { useState } from 'preact/hooks';
import { guest, safety } from '../i18n/index.ts';
import { later } from '../kit/later.tsx';
import { useSession } from '../session.ts';
import './safety.css';
import type { Subject } from './subject.ts';

const ReportDialog = later(async () => {
  const [dialog] = await Promise.all([import('./report-dialog.tsx'), safety.load()]);
  return dialog;
});

/** Reports something to support; a stranger is sent to sign in first. */
export function Report(
  { subject, subject_id, label }: {
    subject: Subject;
    subject_id: string;
    /** Names what is reported; reviews and messages, of which there are many, show a shorter text. */
    label: string;
  },
) {
  const { ready, user } = useSession();
  const { url } = useLocation();
  const [isOpen, setOpen] = useState(false);
  const isOneOfMany = subject === 'review' || subject === 'message';
  if (!ready || (!user && isOneOfMany)) return null;
  if (!user) {
    return <a class='text-button' href={`/sign-in?back=${encodeURIComponent(url)}`}>{label}</a>;
  }
  return (
    <>
      <button
        class='text-button'
        type='button'
        aria-haspopup='dialog'
        aria-label={isOneOfMany ? label : undefined}
        onClick={() => setOpen(true)}
      >
        {isOneOfMany ? guest().safety.report : label}
      </button>
      {isOpen && (
        <ReportDialog
          subject={subject}
          subject_id={subject_id}
          onClose={() => setOpen(false)}
        />
      )}
    </>
  );
}
