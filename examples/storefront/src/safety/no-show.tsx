import { call, type Database } from '@staybase/client';
import { useState } from 'preact/hooks';
import { useAction } from '../action.ts';
import { staybase } from '../api.ts';
import { instantText } from '../format.ts';
import { safety } from '../i18n/index.ts';
import { Badge, Button, ErrorBox, TextArea, toast } from '../kit/index.ts';
import { refreshTrip } from '../pages/trips/refresh.ts';
import OwnEvidence from './own-evidence.tsx';
import { Said } from './said.tsx';

/** What the host said: that the guest did not come. The guest may object. */
export default function NoShow(
  { report, mayObject }: {
    report: Database['public']['Tables']['no_shows']['Row'];
    mayObject: boolean;
  },
) {
  const words = safety().noShow;
  const { booking_id, status } = report;
  const [objection, setObjection] = useState('');
  const object = useAction(async () => {
    await call(staybase, 'object_to_no_show', { booking_id, objection: objection.trim() });
    refreshTrip();
    toast(words.sent);
  });
  const isOpen = status === 'reported' || status === 'objected';
  return (
    <section class='panel stack' aria-labelledby='no-show'>
      <div class='stack-small'>
        <div>
          <Badge kind={isOpen ? 'warn' : 'plain'}>{words.states[status]}</Badge>
        </div>
        <h2 id='no-show'>{words.title}</h2>
      </div>
      <p class='prose'>{report.report}</p>
      {status === 'reported' && <p>{words.until(instantText(report.object_until))}</p>}
      <Said by={words.yours} text={report.objection} />
      <Said by={words.decision} text={report.decision} />
      {mayObject && status === 'reported' && (
        <form
          class='stack-small'
          onSubmit={(event) => {
            event.preventDefault();
            void object();
          }}
        >
          <TextArea
            label={words.body}
            value={objection}
            onValue={setObjection}
            maxlength={2000}
          />
          <ErrorBox error={object.error} />
          <div>
            <Button kind='primary' size='small' type='submit' busy={object.busy}>
              {words.object}
            </Button>
          </div>
        </form>
      )}
      <OwnEvidence case_id={booking_id} isOpen={isOpen} />
    </section>
  );
}
