import { call, must, query } from '@staybase/client';
import { useAction } from '../../action.ts';
import { cache, staybase, useQuery } from '../../api.ts';
import { guest } from '../../i18n/index.ts';
import { Check, ErrorBox } from '../../kit/index.ts';

const kindsQuery = (profile_id: string) =>
  query('notification_kinds', { profile_id }, async (signal) => {
    const [kinds, settings] = await Promise.all([
      must(staybase.from('notification_kinds').select('kind, essential').abortSignal(signal)),
      must(
        staybase.from('notification_settings').select('kind, channel, wanted').abortSignal(signal),
      ),
    ]);
    return { kinds, settings };
  });

/** Which notifications are sent by which channel; essential ones are always sent. */
export function NotificationKinds({ profile_id }: { profile_id: string }) {
  const words = guest().notifications;
  const { answer, error } = useQuery(kindsQuery(profile_id));
  const change = useAction(async (kind: string, channel: 'in_app' | 'email', wanted: boolean) => {
    await call(staybase, 'set_notification', { kind, channel, wanted });
    cache.refresh('notification_kinds');
  });
  const isWanted = (kind: string, channel: string) =>
    answer?.settings.find((row) => row.kind === kind && row.channel === channel)?.wanted ?? true;
  const names: Record<string, string> = words.kinds;
  return (
    <section class='stack' aria-labelledby='kinds'>
      <h2 id='kinds'>{words.settings}</h2>
      <ErrorBox error={error ?? change.error} />
      <ul class='kinds'>
        {(answer?.kinds ?? []).map(({ kind, essential }) => (
          <li key={kind}>
            <span>
              {names[kind] ?? kind}
              {essential && (
                <span class='soft small'>
                  <br />
                  {words.essential}
                </span>
              )}
            </span>
            {(['in_app', 'email'] as const).map((channel) => (
              <Check
                key={channel}
                checked={essential || isWanted(kind, channel)}
                disabled={essential}
                onChecked={(wanted) => void change(kind, channel, wanted)}
              >
                {words.channels[channel]}
                <span class='visually-hidden'>: {names[kind] ?? kind}</span>
              </Check>
            ))}
          </li>
        ))}
      </ul>
    </section>
  );
}
