import { call, must, query } from '@staybase/client';
import { useState } from 'preact/hooks';
import { useAction } from '../../action.ts';
import { cache, staybase, useQuery } from '../../api.ts';
import { instantText } from '../../format.ts';
import { Avatar, Badge, Button, ErrorBox, Field, Select, toast } from '../../kit/index.ts';
import { useMe } from '../parts.tsx';
import { homes } from '../words.ts';
import { homeChanged, type HomeToEdit, type Part } from './data.ts';
import { Choices } from './editor.tsx';

type Role = 'full' | 'calendar';

const invitationsOf = (listing_id: string) =>
  query('cohost_invitations', { listing_id }, (signal) =>
    must(
      staybase.from('cohost_invitations').select('*').eq('listing_id', listing_id)
        .eq('status', 'open').order('created_at', { ascending: false }).limit(20)
        .abortSignal(signal),
    ));

export function Cohosts({ home }: Part) {
  const words = homes().cohosts;
  const me = useMe();
  const isOwner = home.host_id === me.id;
  return (
    <section class='stack-large host-form'>
      <div class='stack-small'>
        <h2>{words.title}</h2>
        <p class='soft'>{words.text}</p>
      </div>
      <ul class='rows'>
        {home.listing_hosts.map((person) => (
          <Person key={person.profile_id} home={home} person={person} isOwner={isOwner} />
        ))}
      </ul>
      {isOwner && <Invite listing_id={home.listing_id} />}
    </section>
  );
}

function Person(
  { home, person, isOwner }: {
    home: HomeToEdit;
    person: HomeToEdit['listing_hosts'][number];
    isOwner: boolean;
  },
) {
  const words = homes().cohosts;
  const me = useMe();
  const { listing_id } = home;
  const { profile_id, role, profiles } = person;
  const name = profiles?.display_name ?? '';
  const set = useAction(async (role: Role) => {
    await call(staybase, 'set_cohost_role', { listing_id, profile_id, role });
    toast(words.changed(name));
    homeChanged();
  });
  const remove = useAction(async () => {
    await call(staybase, 'remove_cohost', { listing_id, profile_id });
    toast(words.removed(name));
    homeChanged();
  });
  return (
    <li class='row-line cohost'>
      <Avatar name={name} path={profiles?.avatar_path} />
      <span class='grow'>
        <span class='strong'>{name}</span>
        {profile_id === me.id && <span class='soft'>{words.you}</span>}
        <ErrorBox error={set.error ?? remove.error} />
      </span>
      {role === 'owner' || !isOwner ? <Badge>{words.roles[role]}</Badge> : (
        <Select
          label={words.roleOf(name)}
          hidesLabel
          value={role as Role}
          options={[['full', words.roles.full], ['calendar', words.roles.calendar]]}
          onValue={(role) => void set(role)}
        />
      )}
      {role !== 'owner' && (isOwner || profile_id === me.id) && (
        <Button
          size='small'
          kind='danger'
          busy={remove.busy}
          aria-label={words.removeName(name)}
          onClick={() => void remove()}
        >
          {words.remove}
        </Button>
      )}
    </li>
  );
}

function Invite({ listing_id }: { listing_id: string }) {
  const words = homes().cohosts;
  const open = useQuery(invitationsOf(listing_id));
  const [invitation_id, setId] = useState(() => crypto.randomUUID());
  const [email, setEmail] = useState('');
  const [role, setRole] = useState<Role>('full');
  const invite = useAction(async () => {
    await call(staybase, 'invite_cohost', { invitation_id, listing_id, role, email });
    setId(crypto.randomUUID());
    toast(words.asked(email));
    setEmail('');
    cache.refresh('cohost_invitations');
  });
  const withdraw = useAction(async (invitation_id: string) => {
    await call(staybase, 'withdraw_cohost_invitation', { invitation_id });
    toast(words.withdrawn);
    cache.refresh('cohost_invitations');
  });
  return (
    <>
      {!!open.answer?.length && (
        <section class='stack'>
          <h3>{words.open}</h3>
          <ul class='rows'>
            {open.answer.map((invitation) => (
              <li key={invitation.invitation_id} class='row-line'>
                <span class='grow'>
                  <span class='strong'>{invitation.email ?? words.person}</span>
                  <br />
                  <span class='soft small'>
                    {words.roles[invitation.role]} ·{' '}
                    {words.until(instantText(invitation.expires_at))}
                  </span>
                </span>
                <Button
                  size='small'
                  aria-label={words.withdrawOf(invitation.email ?? words.person)}
                  onClick={() => void withdraw(invitation.invitation_id)}
                >
                  {words.withdraw}
                </Button>
              </li>
            ))}
          </ul>
          <ErrorBox error={withdraw.error} />
        </section>
      )}
      <form
        class='panel stack'
        onSubmit={(event) => {
          event.preventDefault();
          void invite();
        }}
      >
        <h3>{words.invite}</h3>
        <Field
          label={words.email}
          hint={words.emailHint}
          type='email'
          autocomplete='off'
          value={email}
          onValue={setEmail}
          required
        />
        <fieldset>
          <legend class='legend'>{words.role}</legend>
          <Choices
            name='role'
            value={role}
            options={[
              ['full', words.roles.full, words.hints.full],
              ['calendar', words.roles.calendar, words.hints.calendar],
            ]}
            onValue={setRole}
          />
        </fieldset>
        <ErrorBox error={invite.error} />
        <div>
          <Button kind='primary' type='submit' busy={invite.busy}>{words.send}</Button>
        </div>
      </form>
    </>
  );
}
