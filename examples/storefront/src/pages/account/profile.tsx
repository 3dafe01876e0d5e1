import { must, query } from '@staybase/client';
import { useEffect, useState } from 'preact/hooks';
import { useAction } from '../../action.ts';
import { cache, staybase, useQuery } from '../../api.ts';
import { CurrencyChoice } from '../../currency/choice.tsx';
import { changeLanguage, core, guest, type Language, languages, safety } from '../../i18n/index.ts';
import { later } from '../../kit/later.tsx';
import {
  Avatar,
  Button,
  ErrorBox,
  Field,
  LinkButton,
  Loading,
  Select,
  Skeleton,
  TextArea,
  toast,
} from '../../kit/index.ts';
import { usePage } from '../../page.ts';
import type { Session } from '../../session.ts';
import { SignedIn } from '../auth/signed-in.tsx';
import './account.css';
import { NotificationKinds } from './kinds.tsx';
import { Privacy } from './privacy.tsx';

const BlockedPeople = later(async () => {
  const [people] = await Promise.all([
    import('../../safety/blocked-people.tsx'),
    safety.load(),
  ]);
  return people;
});

const profileQuery = (profile_id: string) =>
  query('profile', { profile_id }, async (signal) => {
    const [profile, own] = await Promise.all([
      must(
        staybase.from('profiles').select('*').eq('profile_id', profile_id).abortSignal(signal)
          .single(),
      ),
      must(
        staybase.from('private_profiles').select('*').eq('profile_id', profile_id).abortSignal(
          signal,
        ).single(),
      ),
    ]);
    return { profile, own };
  });

export default function Profile() {
  usePage(core().shell.profile);
  return (
    <div class='page' data-narrow>
      <h1>{core().shell.profile}</h1>
      <SignedIn>{(user) => <Form user={user} />}</SignedIn>
    </div>
  );
}

function Form({ user }: { user: NonNullable<Session['user']> }) {
  const words = guest().profile;
  const { answer, error } = useQuery(profileQuery(user.id));
  const [draft, setDraft] = useState<
    {
      display_name: string;
      about: string;
      location: string;
      legal_name: string;
      phone: string;
      locale: Language;
    }
  >();
  useEffect(() => {
    if (!answer || draft) return;
    const { profile, own } = answer;
    const locale = (Object.keys(languages) as Language[]).find((each) =>
      own.locale.startsWith(each)
    ) ?? 'en';
    setDraft({
      display_name: profile.display_name,
      about: profile.about,
      location: profile.location,
      legal_name: own.legal_name,
      phone: own.phone ?? '',
      locale,
    });
  }, [answer]);
  const save = useAction(async () => {
    const { display_name, about, location, legal_name, phone, locale } = draft!;
    await must(
      staybase.from('profiles').update({ display_name, about, location }).eq('profile_id', user.id),
    );
    await must(
      staybase.from('private_profiles').update({
        legal_name,
        phone: phone === '' ? null : phone,
        locale,
      })
        .eq('profile_id', user.id),
    );
    cache.refresh('profile');
    toast(words.saved);
    if (locale !== document.documentElement.lang) changeLanguage(locale);
  });
  const avatar = useAction(async (file: File) => {
    const { uploadAvatar } = await import('@staybase/client');
    await uploadAvatar(staybase, user.id, file);
    cache.refresh('profile');
    toast(words.avatarSent);
  });
  if (error) return <ErrorBox error={error} />;
  if (!draft || !answer) {
    return (
      <Loading>
        <Skeleton height='560px' />
      </Loading>
    );
  }
  const set = (name: keyof typeof draft) => (value: string) =>
    setDraft({ ...draft, [name]: value });
  return (
    <div class='stack-large'>
      <div class='profile-head'>
        <Avatar name={answer.profile.display_name} path={answer.profile.avatar_path} size='huge' />
        <div class='stack-small'>
          <p class='soft'>{user.email}</p>
          <label class='button' data-size='small'>
            {avatar.busy ? <span class='spinner' aria-hidden='true' /> : null}
            {words.avatar}
            <input
              class='visually-hidden'
              type='file'
              accept='image/*'
              onChange={(event) => {
                const file = event.currentTarget.files?.[0];
                if (file) void avatar(file);
              }}
            />
          </label>
          <ErrorBox error={avatar.error} />
        </div>
      </div>
      <form
        class='stack'
        onSubmit={(event) => {
          event.preventDefault();
          void save();
        }}
      >
        <Field
          label={guest().auth.name}
          value={draft.display_name}
          onValue={set('display_name')}
          required
          maxlength={80}
        />
        <TextArea label={words.about} value={draft.about} onValue={set('about')} maxlength={2000} />
        <Field
          label={words.location}
          value={draft.location}
          onValue={set('location')}
          maxlength={100}
        />
        <Field
          label={words.legalName}
          hint={words.legalNameHint}
          value={draft.legal_name}
          onValue={set('legal_name')}
          autocomplete='name'
          maxlength={200}
        />
        <Field
          label={words.phone}
          hint={words.phoneHint}
          type='tel'
          value={draft.phone}
          onValue={set('phone')}
          autocomplete='tel'
        />
        <Select
          label={words.language}
          hint={words.languageHint}
          value={draft.locale}
          options={Object.entries(languages) as [Language, string][]}
          onValue={set('locale')}
        />
        <ErrorBox error={save.error} />
        <Button kind='primary' type='submit' busy={save.busy}>{words.save}</Button>
      </form>
      <NotificationKinds profile_id={user.id} />
      <BlockedPeople profile_id={user.id} />
      <Privacy />
      <div class='row'>
        <LinkButton href='/notifications'>{core().shell.notifications}</LinkButton>
        <LinkButton href='/host'>{core().shell.hosting}</LinkButton>
        <CurrencyChoice />
        <Button onClick={() => void staybase.auth.signOut({ scope: 'local' })}>
          {core().shell.signOut}
        </Button>
      </div>
    </div>
  );
}
