import { must, query } from '@staybase/client';
import { staybase, useQuery } from '../api.ts';
import { safety } from '../i18n/index.ts';
import { Avatar, ErrorBox } from '../kit/index.ts';
import { Block } from './block.tsx';

const blocksOf = (blocker_id: string) =>
  query('blocks', { blocker_id }, (signal) =>
    must(
      staybase.from('blocks')
        .select('blocked_id, profiles!blocks_blocked_id_fkey(display_name, avatar_path)')
        .eq('blocker_id', blocker_id)
        .order('blocked_at', { ascending: false }).order('blocked_id')
        .limit(100).abortSignal(signal),
    ));

/** The people whom the reader has blocked. */
export default function BlockedPeople({ profile_id }: { profile_id: string }) {
  const words = safety().block;
  const { answer, error } = useQuery(blocksOf(profile_id));
  return (
    <section class='stack' aria-labelledby='blocked'>
      <h2 id='blocked'>{words.listTitle}</h2>
      <ErrorBox error={error} />
      {answer?.length === 0 && <p class='soft'>{words.listNone}</p>}
      <ul class='stack-small'>
        {(answer ?? []).map(({ blocked_id, profiles: person }) => {
          const name = person?.display_name ?? words.someone;
          return (
            <li class='between' key={blocked_id}>
              <span class='row'>
                <Avatar name={name} path={person?.avatar_path} />
                {name}
              </span>
              <Block profile_id={blocked_id} name={name} />
            </li>
          );
        })}
      </ul>
    </section>
  );
}
